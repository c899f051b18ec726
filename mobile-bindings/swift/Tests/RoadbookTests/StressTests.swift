import Foundation
import Testing

@Suite("Many tasks on one handle")
struct StressTests {
    @Test("Ten thousand calls of sixteen tasks all end, who watches has the last edit, and memory stays flat")
    func calls() async throws {
        let folder = try TemporaryFolder()
        let program = Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("Stress").path
        let said = try await withCheckedThrowingContinuation { (said: CheckedContinuation<String, any Error>) in
            DispatchQueue.global().async {
                // Behind the tests that run meanwhile, some of which look at the time.
                let nice = URL(fileURLWithPath: "/usr/bin/nice")
                do {
                    said.resume(returning: try Firm.output(of: nice, ["-n", "19", program, folder.path("")]))
                } catch {
                    said.resume(throwing: error)
                }
            }
        }
        #expect(said.contains("10240 calls have ended"), "\(said)")
        if said.contains("NOT TESTED") { print(said) }
    }
}

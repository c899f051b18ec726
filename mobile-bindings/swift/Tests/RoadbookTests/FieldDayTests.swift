import Foundation
import Testing

@Suite("The day of the guide")
struct FieldDayTests {
    @Test("It ends with nothing unsent")
    func day() throws {
        let firm = try Firm()
        let phone = try TemporaryFolder()
        let said = try Firm.output(
            of: Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("FieldDay"),
            [phone.path(""), firm.address, Firm.admin, Firm.password])
        for line in ["Synced: done", "Done from the widget: Send the offer", "Unsent in the evening: 0"] {
            #expect(said.contains(line), "\(said)")
        }
    }
}

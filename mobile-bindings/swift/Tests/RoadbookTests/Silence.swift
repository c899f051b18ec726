import Foundation
import RoadbookKit

/// A server that takes connections and says nothing, as one behind a network that swallows everything.
final class Silence: Sendable {
    private let listener: Int32
    private let port: UInt16

    init() throws {
        listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = try withUnsafeMutablePointer(to: &address) { [listener] address in
            try address.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                // Port 0: the system chooses one.
                guard bind(listener, generic, length) == 0, listen(listener, 8) == 0,
                    getsockname(listener, generic, &length) == 0
                else { throw Failure("no socket: \(errno)") }
            }
            return UInt16(bigEndian: address.pointee.sin_port)
        }
    }

    deinit { close(listener) }

    func server() throws -> Server { try Server(address: "http://127.0.0.1:\(port)") }

    /// Waits until somebody has connected, and keeps the connection until the tests end.
    func called() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                _ = accept(listener, nil, nil)
                continuation.resume()
            }
        }
    }
}

#if canImport(Darwin)
    private let stream = SOCK_STREAM
#else
    private let stream = Int32(SOCK_STREAM.rawValue)
#endif

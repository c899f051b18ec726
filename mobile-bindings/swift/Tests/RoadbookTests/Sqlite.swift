import Foundation

/// Runs a statement on a database that nobody has open. Swift on Linux has no module of SQLite, but the system has the
/// library.
func sqlite(_ statement: String, in database: String) throws {
    #if canImport(Darwin)
        let name = "libsqlite3.dylib"
    #else
        let name = "libsqlite3.so.0"
    #endif
    typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    typealias Exec = @convention(c) (OpaquePointer?, UnsafePointer<CChar>, Int, Int, Int) -> Int32
    typealias Close = @convention(c) (OpaquePointer?) -> Int32
    guard let library = dlopen(name, RTLD_NOW), let open = dlsym(library, "sqlite3_open"),
        let exec = dlsym(library, "sqlite3_exec"), let close = dlsym(library, "sqlite3_close")
    else { throw Failure("the system has no \(name)") }
    var connection: OpaquePointer?
    let opened = unsafeBitCast(open, to: Open.self)(database, &connection)
    let done = opened == 0 ? unsafeBitCast(exec, to: Exec.self)(connection, statement, 0, 0, 0) : opened
    _ = unsafeBitCast(close, to: Close.self)(connection)
    if done != 0 { throw Failure("SQLite answers \(done) to: \(statement)") }
}

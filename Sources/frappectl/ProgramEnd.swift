#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one way out of the program.
///
/// `exit` would run the destructors of every library while threads of ours are still in some of them: OpenSSL frees the
/// locks that libcurl's thread is about to release, which ends an answered command with signal 11.
enum ProgramEnd {
    static func now(_ code: Int32) -> Never {
        fflush(nil)
        quick_exit(code)
    }

    /// Has it done on the way out, the last first.
    static func whenReached(_ body: @escaping @convention(c) () -> Void) { at_quick_exit(body) }
}

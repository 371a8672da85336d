#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The file that this process runs.
enum ProgramFile {
    /// Another one after every build or installation; empty where the system does not tell.
    static let identity: String = {
        var facts = stat()
        guard stat("/proc/self/exe", &facts) == 0 else { return "" }
        return "\(facts.st_dev) \(facts.st_ino) \(facts.st_size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec)"
    }()
}

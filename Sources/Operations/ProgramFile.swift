#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The file that this process runs.
enum ProgramFile {
    private static let link = "/proc/self/exe"

    /// Nil where the system does not tell.
    static var path: String? { IngressDisk.linkTarget(link) }

    /// Another one after every build or installation; empty where the system does not tell.
    static let identity: String = {
        var facts = stat()
        guard stat(link, &facts) == 0 else { return "" }
        return "\(facts.st_dev) \(facts.st_ino) \(facts.st_size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec)"
    }()
}

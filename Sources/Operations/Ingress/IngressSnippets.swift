import FrappeModel
import Glibc

/// The operator's additions to nginx's configuration: files of theirs that are copied into what is served.
///
///     host/*.conf             in `http`
///     benches/<bench>/*.conf  in every server of the bench's sites
///     sites/<site>/*.conf     in the servers of one site
struct IngressSnippets {
    let directory: String
    let benches: Set<String>
    let sites: Set<String>

    private static let longest = 256 << 10

    func read() throws(IngressError) -> [IngressSnippet] {
        guard IngressDisk.exists(directory) else { return [] }
        try checkOwner(directory)
        var snippets = try read(.host, in: "host")
        for bench in named("benches", among: benches) { snippets += try read(.bench(bench), in: "benches/\(bench)") }
        for site in named("sites", among: sites) { snippets += try read(.site(site), in: "sites/\(site)") }
        return snippets
    }

    /// Directories that are for nothing there is.
    func strays() -> [String] {
        let names = { (parent: String, known: Set<String>) in
            IngressDisk.list("\(directory)/\(parent)").filter { !known.contains($0) && !$0.hasPrefix(".") }.sorted()
                .map { "\(directory)/\(parent)/\($0)" }
        }
        return names("benches", benches) + names("sites", sites)
    }

    private func named(_ parent: String, among known: Set<String>) -> [String] {
        IngressDisk.list("\(directory)/\(parent)").filter(known.contains).sorted()
    }

    private func read(_ level: IngressSnippet.Level, in name: String) throws(IngressError) -> [IngressSnippet] {
        let parent = "\(directory)/\(name)"
        guard IngressDisk.exists(parent) else { return [] }
        try checkOwner(parent)
        var snippets: [IngressSnippet] = []
        for file in IngressDisk.list(parent).sorted() where file.hasSuffix(".conf") && !file.hasPrefix(".") {
            let path = "\(parent)/\(file)"
            try checkOwner(path)
            guard IngressDisk.size(path) <= Self.longest, let bytes = IngressDisk.read(path),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw .snippetUnreadable(path: path) }
            snippets.append(IngressSnippet(level: level, file: file, text: text.hasSuffix("\n") ? text : text + "\n"))
        }
        return snippets
    }

    /// nginx's master follows these files with our rights: nobody else may write them.
    private func checkOwner(_ path: String) throws(IngressError) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw .snippetUnreadable(path: path) }
        guard [0, geteuid()].contains(facts.st_uid), facts.st_mode & 0o022 == 0 else {
            throw .snippetWritable(path: path)
        }
    }
}

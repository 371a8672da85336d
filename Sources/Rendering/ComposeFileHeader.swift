import FrappeModel

// What a person reads first.
extension ComposeFile {
    var header: String {
        var lines = [
            "Bench \(bench.bench.name) of \(layout.root), written by frappectl: the same containers for docker compose.",
            "It stands alone: frappectl is not needed to run it, and is not in the way of going back.",
            "",
            "  frappectl down                              first: both would write the same data",
            "  docker compose -f THIS up --detach --wait   the sites answer on http://HOST:\(port), at \(address)",
            "  docker compose -f THIS down --volumes       then: frappectl up takes over again, with all data",
            "",
            "Needs docker compose 2.23.1 or later. No secret is in here: the database's are read from",
            "\(layout.secrets) each time it starts.",
        ]
        if startInterval == nil {
            lines.append(
                "On an Engine before 25 the first start takes minutes: compose waits for each probe's interval.")
        }
        lines += shared + ["", "Images:"] + imageLines
        return lines.map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n") + "\n"
    }

    private var shared: [String] {
        let others = desired.attachments.filter { attachment in
            servers.contains { $0.identity == attachment.container }
                && attachment.network != layout.network(of: bench.bench.name)
        }
        guard !others.isEmpty else { return [] }
        let names = desired.benches.keys.filter { name in others.contains { $0.network == layout.network(of: name) } }
        return [
            "Its database server also holds the databases of: \(names.sorted().map(\.description).joined(separator: ", ")).",
            "Run one such file at a time: two servers on the same data refuse each other.",
        ]
    }

    private var imageLines: [String] {
        let release = bench.release
        var lines = ["  \(images[release.imageID] ?? release.imageID)"]
        if images[release.imageID] != release.imageID { lines[0] += "  is \(release.imageID)" }
        if release.digest == nil { lines.append("    built on this host: no registry is known to have it") }
        let others = Set((servers + components).map(\.definition.image)).subtracting([release.imageID])
        return lines + others.sorted().map { "  \(images[$0] ?? $0)" }
    }
}

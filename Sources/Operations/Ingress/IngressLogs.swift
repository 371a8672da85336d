import Glibc

/// nginx's logs: `*.log` of the directory and of the directories of benches in it.
struct IngressLogs {
    let directory: String

    /// `access.log` becomes `access.log.1`, that `access.log.2`, and the oldest goes.
    func rotate(beyond limit: Int, keeping count: Int) throws(IngressError) -> [String] {
        var moved: [String] = []
        for path in logs() where IngressDisk.size(path) > limit {
            try IngressDisk.remove("\(path).\(count)")
            for number in (1..<count).reversed() where IngressDisk.exists("\(path).\(number)") {
                try IngressDisk.rename("\(path).\(number)", to: "\(path).\(number + 1)")
            }
            try IngressDisk.rename(path, to: "\(path).1")
            moved.append(path)
        }
        return moved
    }

    private func logs() -> [String] {
        let inside = IngressDisk.list(directory).sorted().flatMap { name in
            IngressDisk.list("\(directory)/\(name)").sorted().map { "\(name)/\($0)" }
        }
        return (IngressDisk.list(directory).sorted() + inside).filter { $0.hasSuffix(".log") }
            .map { "\(directory)/\($0)" }
    }
}

extension Ingress {
    /// Has nginx write to files of the names in its configuration again, after they were moved.
    package func reopenLogs() { master?.signal(SIGUSR1) }
}

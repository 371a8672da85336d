import FrappeModel
import Rendering

/// Who listens on a port that we would like to have.
package enum PortHolder: Hashable, Sendable, CustomStringConvertible {
    /// The distribution's nginx, which can serve our sites too.
    case nginx(DistributionNginx)
    case program(process: Int32, command: String)
    /// A process of another user.
    case unseen

    package var description: String {
        switch self {
        case .nginx(let nginx): "nginx (pid \(nginx.process)) of \(nginx.configuration)"
        case .program(let process, let command): "\(command) (pid \(process))"
        case .unseen: "a program that this account may not see (sudo ss -ltnp shows it)"
        }
    }
}

/// An nginx of the host that is not ours, as mode `include` needs it: the pid file of its main file names its master.
package struct DistributionNginx: Hashable, Sendable {
    package var process: Int32
    package var configuration: String
    /// A file of ours that its `http` block would include; nil where the usual one is included.
    package var file: String?

    package init(process: Int32, configuration: String, file: String? = nil) {
        self.process = process
        self.configuration = configuration
        self.file = file
    }

    /// Nil for processes that are no such nginx, for those of ours, and for those in containers.
    init?(_ process: RunningProcess) {
        guard process.isMaster, !process.title.contains("/agent/nginx/ -c "),
            IngressDisk.linkTarget("/proc/\(process.id)/root").map({ $0 == "/" }) ?? true,
            Self.space(of: "\(process.id)").map({ $0 == Self.space(of: "self") }) ?? true
        else { return nil }
        let words = process.title.dropFirst(RunningProcess.masterTitle.count).split(separator: " ").map(String.init)
        let named = words.firstIndex(of: "-c").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        var host = HostSettings()
        host.includingConfiguration = named.flatMap { $0.hasPrefix("/") ? $0 : nil }
        let inclusion = IngressInclusion(layout: HostLayout(root: "/", rootID: ""), host: host)
        guard inclusion.master?.id == process.id else { return nil }
        self.init(process: process.id, configuration: inclusion.configuration, file: nil)
        let text = String(decoding: IngressDisk.read(configuration) ?? [], as: UTF8.self)
        file = Self.file(includedBy: text)
    }

    private static func space(of process: String) -> String? { IngressDisk.linkTarget("/proc/\(process)/ns/pid") }

    /// A name in the directory of `*.conf` that `http` includes, where it is not `/etc/nginx/conf.d`.
    package static func file(includedBy text: String) -> String? {
        let plain = IngressInclusion.withoutComments(text)
        guard let http = plain.firstRange(of: /\bhttp\s*\{/) else { return nil }
        let directories = plain[http.upperBound...].matches(of: /\binclude\s+["']?(\/[^;"'*\s]+)\/\*\.conf["']?\s*;/)
            .map { String($0.1) }
        guard let first = directories.first, !directories.contains("/etc/nginx/conf.d") else { return nil }
        return "\(first)/frappectl.conf"
    }
}

extension ListeningSockets {
    /// Who listens, by port: nginx and those that can be seen before others.
    func holders() -> [Int: PortHolder] {
        var holders: [Int: PortHolder] = [:]
        for socket in sockets {
            let found = process(of: socket).map(Self.holder) ?? .unseen
            switch (holders[socket.port], found) {
            case (nil, _), (.unseen, _), (.program, .nginx): holders[socket.port] = found
            default: break
            }
        }
        return holders
    }

    /// Who listens there, nil for nobody.
    func holder(_ address: String, _ port: Int) -> PortHolder? {
        let holding = holding(address, port)
        guard !holding.isEmpty else { return nil }
        return holding.lazy.compactMap { process(of: $0) }.first.map(Self.holder) ?? .unseen
    }

    private static func holder(_ id: Int32) -> PortHolder {
        if let nginx = IngressProcesses.process(id).flatMap(DistributionNginx.init) { return .nginx(nginx) }
        return .program(process: id, command: IngressProcesses.name(of: id))
    }
}

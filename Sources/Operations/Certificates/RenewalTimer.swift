import FrappeModel
import Glibc
import Rendering

/// A timer of this machine's systemd that renews what authorities made, once a day.
struct RenewalTimer: Sendable {
    let layout: HostLayout
    /// The path of the Engine's socket.
    let engine: String
    /// The path of this program.
    let program: String
    var unitDirectory = Systemd.unitDirectory

    /// - Parameter program: nil where the system does not tell.
    init?(_ host: HostContext, program: String? = IngressDisk.linkTarget("/proc/self/exe")) {
        guard let program else { return nil }
        self.init(layout: host.layout, engine: host.engine.client.socketPath, program: program)
    }

    init(layout: HostLayout, engine: String, program: String) {
        self.layout = layout
        self.engine = engine
        self.program = program
    }

    var name: String { layout.objectName("certificates") + ".timer" }
    private var unitName: String { layout.objectName("certificates") + ".service" }

    private var timerPath: String { "\(unitDirectory)/\(name)" }
    private var unitPath: String { "\(unitDirectory)/\(unitName)" }
    private var link: String { "\(unitDirectory)/timers.target.wants/\(name)" }

    /// What is to change; nil where nothing is, or where our paths are none that systemd takes without quotes.
    ///
    /// - Parameter isWanted: whether there is anything to renew.
    func drift(isWanted: Bool) -> RenewalDrift? {
        cause(isWanted: isWanted).map { RenewalDrift(name: name, cause: $0, isWanted: isWanted) }
    }

    private func cause(isWanted: Bool) -> String? {
        let paths = [timerPath, unitPath]
        guard isWanted else {
            return paths.contains(where: IngressDisk.exists) ? "is no longer wanted" : nil
        }
        guard let texts = try? texts() else { return nil }
        for (path, text) in zip(paths, [texts.timer, texts.unit]) {
            guard let present = HostFiles.text(path) else {
                return "\(path) is missing: certificates are to be renewed"
            }
            guard present == text else { return "\(path) differs" }
        }
        return IngressDisk.linkTarget(link) == nil ? "\(name) is not enabled" : nil
    }

    func install() async throws {
        let texts = try texts()
        try HostFiles.replace(unitPath, with: Array(texts.unit.utf8), mode: 0o644)
        try HostFiles.replace(timerPath, with: Array(texts.timer.utf8), mode: 0o644)
        try await Systemd.control(["daemon-reload"])
        try await Systemd.control(["enable", "--quiet", name])
        // One that runs already would go on by its old text.
        try await Systemd.control(["restart", name])
    }

    func remove() async throws {
        guard IngressDisk.exists(timerPath) || IngressDisk.exists(unitPath) else { return }
        if IngressDisk.exists(timerPath) { try await Systemd.control(["disable", "--quiet", "--now", name]) }
        HostFiles.removeFile(timerPath)
        HostFiles.removeFile(unitPath)
        try await Systemd.control(["daemon-reload"])
    }

    private func texts() throws -> (timer: String, unit: String) {
        let root = layout.root
        return (
            try IngressHostFiles.renewalTimer(root: root),
            try IngressHostFiles.renewal(root: root, program: installed ?? program, engine: engine)
        )
    }

    /// The program in the unit that is there, as long as it is one: commands of another copy do not take its place.
    private var installed: String? {
        let key = "ExecStart="
        let line = HostFiles.text(unitPath)?.split(separator: "\n").first { $0.hasPrefix(key) }
        let path = line?.dropFirst(key.count).prefix { $0 != " " }
        return path.map(String.init).flatMap { access($0, X_OK) == 0 ? $0 : nil }
    }
}

extension RenewalTimer {
    /// Where people say that nothing of ours is to be a service, nothing is.
    static func isWanted(_ manifests: Manifests) -> Bool {
        manifests.host.ingressService != false && manifests.sites.values.contains { !$0.certificateOrders.isEmpty }
    }

    /// Nil also where systemd is not there.
    static func drift(isWanted: Bool, _ host: HostContext) -> RenewalDrift? {
        Systemd.isPossible ? RenewalTimer(host)?.drift(isWanted: isWanted) : nil
    }
}

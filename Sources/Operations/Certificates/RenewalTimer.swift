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

    /// Nil where the system does not tell which file this process runs.
    init?(_ host: HostContext) {
        guard let program = ProgramFile.path else { return nil }
        self.init(layout: host.layout, engine: host.engine.client.socketPath, program: program)
    }

    init(layout: HostLayout, engine: String, program: String) {
        self.layout = layout
        self.engine = engine
        self.program = program
    }

    var name: String { layout.objectName("certificates") + ".timer" }

    private var timerPath: String { "\(unitDirectory)/\(name)" }
    private var unitPath: String { "\(unitDirectory)/\(layout.objectName("certificates")).service" }
    private var paths: [String] { [timerPath, unitPath] }

    /// What is to change; nil where nothing is, or where our paths are none that systemd takes without quotes.
    ///
    /// - Parameter isWanted: whether there is anything to renew.
    func drift(isWanted: Bool) -> RenewalDrift? {
        cause(isWanted: isWanted).map { RenewalDrift(name: name, cause: $0, isWanted: isWanted) }
    }

    private func cause(isWanted: Bool) -> String? {
        guard isWanted else { return paths.contains(where: IngressDisk.exists) ? "is no longer wanted" : nil }
        guard let files = try? files() else { return nil }
        return Systemd.drift(files, in: "timers.target", "certificates are to be renewed")
    }

    func install() async throws {
        for (path, text) in try files() { try HostFiles.replace(path, with: Array(text.utf8), mode: 0o644) }
        try await Systemd.enable(name)
        // One that runs already would go on by its old text.
        try await Systemd.control(["restart", name])
    }

    func remove() async throws { try await Systemd.remove(name, paths) }

    private func files() throws -> [(path: String, text: String)] {
        let root = layout.root
        return [
            (timerPath, try IngressHostFiles.renewalTimer(root: root)),
            (unitPath, try IngressHostFiles.renewal(root: root, program: installed ?? program, engine: engine)),
        ]
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

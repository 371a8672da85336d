import FrappeModel
import Rendering

/// nginx as a service of the host: systemd starts it at boot, before any container runs, and logrotate keeps its logs.
package struct IngressService: Sendable {
    package let name: String
    package let unitText: String
    package let rotationText: String
    let prefix: String
    var unitDirectory = Systemd.unitDirectory
    var rotationDirectory = "/etc/logrotate.d"

    package init(layout: HostLayout, nginx: String) throws(IngressRenderingError) {
        name = layout.objectName("nginx") + ".service"
        prefix = layout.nginx
        unitText = try IngressHostFiles.unit(root: layout.root, prefix: layout.nginx, nginx: nginx)
        rotationText = try IngressHostFiles.logRotation(
            root: layout.root, logs: layout.logs, pidFile: "\(layout.nginx)/nginx.pid")
    }

    package var unitPath: String { "\(unitDirectory)/\(name)" }
    package var rotationPath: String { "\(rotationDirectory)/\(name.dropLast(".service".count))" }

    var isInstalled: Bool { IngressDisk.exists(unitPath) }

    /// Why nginx would not come up at boot as it is now, nil when it would.
    func drift(master: Int32?) -> String? {
        let unit = [(path: unitPath, text: unitText)]
        if let cause = Systemd.drift(unit, in: "multi-user.target", "nginx is to start at boot") { return cause }
        if rotates, IngressDisk.read(rotationPath) != Array(rotationText.utf8) { return "\(rotationPath) differs" }
        if let master, !holds(master) { return "nginx runs outside \(name): it is started anew" }
        return nil
    }

    /// Whether a process is the service's.
    func holds(_ process: Int32) -> Bool {
        String(decoding: IngressDisk.read("/proc/\(process)/cgroup") ?? [], as: UTF8.self).contains("/\(name)")
    }

    func install() async throws {
        try HostFiles.replace(unitPath, with: Array(unitText.utf8), mode: 0o644)
        if rotates { try HostFiles.replace(rotationPath, with: Array(rotationText.utf8), mode: 0o644) }
        try await Systemd.enable(name)
    }

    func start() async throws { try await Systemd.control(["start", name]) }

    func stop() async throws { try await Systemd.control(["stop", name]) }

    /// Nothing of ours stays outside the root.
    func remove() async throws {
        HostFiles.removeFile(rotationPath)
        try await Systemd.remove(name, [unitPath])
    }

    private var rotates: Bool { IngressDisk.exists(rotationDirectory) }
}

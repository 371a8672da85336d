import FrappeModel

/// How the Engine answers.
package struct EngineFacts: Hashable, Sendable {
    package enum Contact: Hashable, Sendable {
        case missing
        case notASocket
        case denied(user: String)
        case refused
        /// Speaks no version that we know.
        case tooOld(String)
        case failed(String)
        /// Takes connections, and did not answer in that many seconds.
        case slow(Double)
        case answers
    }

    package var socket: String
    package var contact: Contact
    package var version = ""
    package var apiVersion = ""
    package var liveRestore = false
    package var storageDriver = ""
    package var logDriver = ""
    package var cgroupVersion = ""
    package var isRootless = false
    /// What the Engine itself warns of.
    package var warnings: [String] = []
    /// Seconds that the Engine's clock is ahead of ours; nil when it did not tell.
    package var clockAhead: Double?

    package init(socket: String, contact: Contact) {
        self.socket = socket
        self.contact = contact
    }
}

/// What the Engine's answers mean for us.
package enum EngineDiagnosis {
    private static let check = "engine"

    package static func findings(_ facts: EngineFacts) -> [Finding] {
        if let trouble = trouble(facts) { return [trouble] }
        let restore = facts.liveRestore ? "on" : "off"
        let text =
            "Engine \(facts.version), API \(facts.apiVersion), \(facts.storageDriver), logs \(facts.logDriver), "
            + "live-restore \(restore)"
        return [Finding(.ok, check, text)] + doubts(facts)
    }

    private static func trouble(_ facts: EngineFacts) -> Finding? {
        let socket = facts.socket
        switch facts.contact {
        case .answers: return nil
        case .missing:
            return fail(
                "no Docker Engine: \(socket) does not exist",
                next: "systemctl start docker, or install it (apt-get install docker.io); "
                    + "another socket: DOCKER_HOST=unix:///path")
        case .notASocket:
            return fail("\(socket) is not a socket", next: "ls -l \(socket); another one: DOCKER_HOST=unix:///path")
        case .denied(let user):
            return fail(
                "\(user) may not use the Docker Engine at \(socket)",
                next: "sudo usermod -aG docker \(user), then log in again (or run this with sudo)")
        case .refused:
            return fail("no Docker Engine answers at \(socket)", next: "systemctl start docker; journalctl -u docker")
        case .tooOld(let why):
            return fail("the Docker Engine is too old", reason: why, next: "upgrade it: 20.10 or newer is needed")
        case .slow(let seconds):
            return Finding(
                .warn, check, "the Docker Engine at \(socket) did not answer within \(Quantity.duration(seconds))",
                reason: "it is busy, or hangs; containers and images were not looked at",
                next: "time docker info; journalctl -u docker")
        case .failed(let why):
            return fail(
                "the Docker Engine at \(socket) does not answer as it should", reason: why,
                next: "systemctl status docker; journalctl -u docker")
        }
    }

    private static func fail(_ text: String, reason: String? = nil, next: String) -> Finding {
        Finding(
            .fail, check, text, reason: reason ?? "nothing can be started or changed; what runs goes on", next: next)
    }

    private static func doubts(_ facts: EngineFacts) -> [Finding] {
        var found: [Finding] = []
        if !facts.liveRestore {
            found.append(
                Finding(
                    .warn, check, "live-restore is off",
                    reason: "every restart or upgrade of the Engine stops all sites",
                    next: "put \"live-restore\": true into /etc/docker/daemon.json, then: systemctl reload docker"))
        }
        if ["vfs", "aufs", "devicemapper", "overlay"].contains(facts.storageDriver) {
            found.append(
                Finding(
                    .warn, check, "the storage driver is \(facts.storageDriver)",
                    reason: "it is slow, or copies every layer whole",
                    next: "docker info; overlay2 wants a file system such as ext4 or xfs below DockerRootDir"))
        }
        if facts.isRootless {
            found.append(
                Finding(
                    .warn, check, "the Engine runs rootless",
                    reason: "uid 1000 of containers is another account here: owners of data are not what they seem",
                    next: "run frappectl with the system's Engine: DOCKER_HOST=unix:///var/run/docker.sock"))
        }
        return found + limits(facts)
    }

    /// Without them a container that grows takes the machine with it.
    private static func limits(_ facts: EngineFacts) -> [Finding] {
        let missing = facts.warnings.filter { $0.contains("No memory limit support") || $0.contains("No cpu") }
        let swap = facts.warnings.contains { $0.contains("No swap limit support") }
        var found: [Finding] = []
        if !missing.isEmpty {
            found.append(
                Finding(
                    .fail, check, "the kernel enforces no limits: \(missing.joined(separator: "; "))",
                    reason: "a component that grows takes the whole machine with it",
                    next: "boot with cgroup_enable=memory swapaccount=1 (GRUB_CMDLINE_LINUX), then: update-grub; reboot"
                ))
        }
        if swap {
            found.append(
                Finding(
                    .warn, check, "the kernel does not count swap",
                    reason: "a component may swap beyond its memory limit",
                    next: "boot with swapaccount=1 (GRUB_CMDLINE_LINUX), then: update-grub; reboot"))
        }
        return found
    }
}

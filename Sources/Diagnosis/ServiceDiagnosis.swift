/// An image that something of ours runs.
package struct ImageNeed: Hashable, Sendable {
    package var reference: String
    /// Who runs it: `bench shop`, `the database`, `Redis`.
    package var user: String
    package var isPresent: Bool
    /// Whether a registry is known to have it.
    package var isPullable: Bool

    package init(reference: String, user: String, isPresent: Bool, isPullable: Bool) {
        self.reference = reference
        self.user = user
        self.isPresent = isPresent
        self.isPullable = isPullable
    }
}

/// A container of ours as the Engine tells it.
package struct ContainerFacts: Hashable, Sendable {
    package var name: String
    /// As `frappectl logs` takes it: `shop`; nil for what benches share.
    package var bench: String?
    package var component: String
    package var state: String
    package var health: String
    package var status: String

    package init(
        name: String, bench: String?, component: String, state: String, health: String, status: String
    ) {
        self.name = name
        self.bench = bench
        self.component = component
        self.state = state
        self.health = health
        self.status = status
    }
}

/// The nginx program of this machine.
package struct NginxFacts: Hashable, Sendable {
    /// Nil where none was found.
    package var path: String?
    /// Such as `1.22.1`; nil when it did not tell.
    package var version: String?
    /// Whether containers run and no nginx of ours routes to them.
    package var isMissed = false

    package init(path: String?, version: String?) {
        self.path = path
        self.version = version
    }
}

/// A site's own answer.
package struct SiteFacts: Hashable, Sendable {
    package var siteName: String
    package var bench: String
    /// What is wrong, nil when nothing is.
    package var trouble: String?
    /// Whether it only did not answer in the moment that it was given.
    package var isSlow = false

    package init(siteName: String, bench: String, trouble: String?) {
        self.siteName = siteName
        self.bench = bench
        self.trouble = trouble
    }
}

/// Whether what is to serve does.
package enum ServiceDiagnosis {
    package static func images(_ images: [ImageNeed]) -> [Finding] {
        let missing = images.filter { !$0.isPresent }
        guard !missing.isEmpty else {
            return images.isEmpty ? [] : [Finding(.ok, "images", "images: all \(images.count) are here")]
        }
        return missing.map { image in
            let text = "the image \(image.reference) of \(image.user) is not on this host"
            let reason = "its containers run on, and cannot be made again"
            return image.isPullable
                ? Finding(.warn, "images", text, reason: reason, next: "frappectl up pulls it")
                : Finding(
                    .fail, "images", text, reason: "\(reason); it was built here, no registry is known to have it",
                    next: "build it again, or name another one in spec.imageConfig, then: frappectl up")
        }
    }

    package static func containers(_ containers: [ContainerFacts]) -> [Finding] {
        let found = containers.sorted { $0.name < $1.name }.compactMap(container)
        guard found.isEmpty else { return found }
        return containers.isEmpty
            ? [] : [Finding(.ok, "containers", "containers: all \(containers.count) of ours run")]
    }

    private static func container(_ container: ContainerFacts) -> Finding? {
        let logs =
            container.bench.map { "frappectl logs \($0) \(container.component)" } ?? "docker logs \(container.name)"
        switch container.state {
        case "restarting":
            return Finding(
                .fail, "containers", "\(container.name) dies and is started again: \(container.status)",
                reason: "what it should do is not done", next: "\(logs); mend the cause, then: frappectl up")
        case "running" where container.health == "unhealthy":
            return Finding(
                .warn, "containers", "\(container.name) is unhealthy: \(container.status)",
                reason: "its own probe fails", next: logs)
        case "running": return nil
        case "paused":
            return Finding(
                .warn, "containers", "\(container.name) is paused", reason: "what it should do waits",
                next: "docker unpause \(container.name)")
        default:
            return Finding(
                .warn, "containers", "\(container.name) does not run: \(container.status)",
                reason: "somebody stopped it, or it could not start", next: "\(logs); frappectl up starts it")
        }
    }

    /// Older ones lack what our configuration asks for.
    package static let oldestNginx = [1, 18]

    package static func nginx(_ nginx: NginxFacts) -> [Finding] {
        guard let path = nginx.path else {
            return [
                Finding(
                    .fail, "nginx", "there is no nginx on this machine", reason: "it is what serves the sites",
                    next: "apt-get install nginx-light (then: systemctl disable --now nginx, since we run our own)")
            ]
        }
        guard let version = nginx.version else {
            return [
                Finding(
                    .warn, "nginx", "\(path) does not tell its version", reason: "it may not run here",
                    next: "\(path) -v")
            ]
        }
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard !numbers.lexicographicallyPrecedes(oldestNginx) else {
            return [
                Finding(
                    .fail, "nginx", "nginx \(version) at \(path) is too old", reason: "1.18 or newer is needed",
                    next: "apt-get install --only-upgrade nginx")
            ]
        }
        guard !nginx.isMissed else {
            return [
                Finding(
                    .fail, "nginx", "our nginx does not run", reason: "containers run, and no request reaches them",
                    next: "frappectl up")
            ]
        }
        return [Finding(.ok, "nginx", "nginx \(version) at \(path)")]
    }

    /// - Parameter names: those that an authority is to make certificates for.
    package static func certificates(_ names: [String], certbot: String?) -> [Finding] {
        guard let first = names.first else { return [] }
        if let certbot { return [Finding(.ok, "certificates", "certbot at \(certbot), for \(names.count) names")] }
        let others = names.count > 1 ? " and \(names.count - 1) more" : ""
        return [
            Finding(
                .warn, "certificates", "there is no certbot on this machine",
                reason: "it asks authorities for the certificates of \(first)\(others)", next: "apt-get install certbot"
            )
        ]
    }

    package static func sites(_ sites: [SiteFacts]) -> [Finding] {
        let failing = sites.filter { $0.trouble != nil }
        guard !failing.isEmpty else {
            return sites.isEmpty ? [] : [Finding(.ok, "sites", "sites: all \(sites.count) answer")]
        }
        return failing.map { site in
            Finding(
                site.isSlow ? .warn : .fail, "sites",
                "\(site.siteName) \(site.isSlow ? "does not answer at once" : "does not serve")", reason: site.trouble,
                next: "frappectl logs \(site.bench) web; frappectl up")
        }
    }
}

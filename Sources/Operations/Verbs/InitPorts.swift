import ManifestParsing

/// Where the sites are reached, and why there.
struct InitPorts {
    private(set) var ingress: ManifestTemplate.Ingress
    private(set) var reasons: [String] = []
    private let findings: HostFindings

    /// - Parameter port: the one that was given, nil to choose.
    init(_ findings: HostFindings, profile: Profile, port: Int?) {
        self.findings = findings
        let isServer = profile == .server
        let isLow = isServer && findings.mayTakeLowPorts
        ingress = ManifestTemplate.Ingress(
            address: isServer ? "0.0.0.0" : "127.0.0.1", httpPort: port ?? (isLow ? 80 : 8080),
            httpsPort: isLow ? 443 : 8443)
        if isServer, findings.isRoot { include() }
        if isServer, !findings.mayTakeLowPorts, port == nil { tellWhyHigh() }
        let holdsHTTP = blocks(ingress.httpPort)
        if let port, let holdsHTTP {
            reasons.append(
                "port \(port): is held by \(holdsHTTP.description), and was given: up refuses it until that ends")
        } else if port == nil {
            ingress.httpPort = free(ingress.httpPort, from: 8080)
        }
        ingress.httpsPort = free(ingress.httpsPort, from: 8443)
    }

    /// The distribution's nginx takes our sites in where it has one of the ports.
    private mutating func include() {
        for port in [ingress.httpPort, ingress.httpsPort] {
            guard case .nginx(let nginx) = findings.holders[port] else { continue }
            let http = nextFree(8080)
            ingress.inclusion = ManifestTemplate.Ingress.Inclusion(
                port: port, configuration: nginx.configuration, file: nginx.file,
                otherPorts: .init(http: http, https: nextFree(8443, besides: http)))
            reasons.append(
                "mode include: port \(port) is held by \(PortHolder.nginx(nginx).description), which serves the sites too"
            )
            return
        }
    }

    private mutating func tellWhyHigh() {
        let nginx = findings.nginx.map {
            "; run by root, init can have nginx (pid \($0.process)), which runs here, serve the sites too"
        }
        reasons.append("ports from 8080: port 80 takes root\(nginx ?? "")")
    }

    /// Who keeps us from a port; the nginx that takes us in does not.
    private func blocks(_ port: Int) -> PortHolder? {
        guard let holder = findings.holders[port] else { return nil }
        if case .nginx(let nginx) = holder, ingress.inclusion?.configuration == nginx.configuration { return nil }
        return holder
    }

    private mutating func free(_ wanted: Int, from first: Int) -> Int {
        guard let holder = blocks(wanted) else { return wanted }
        let port = nextFree(first, besides: ingress.httpPort)
        reasons.append("port \(port): \(wanted) is held by \(holder.description)")
        return port
    }

    private func nextFree(_ first: Int, besides other: Int? = nil) -> Int {
        (first...65_535).first { findings.holders[$0] == nil && $0 != other } ?? first
    }
}

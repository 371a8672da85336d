import FrappeModel

// Logins of databases, where the Secret says something else than what was given.
extension Planner {
    mutating func planLogins() {
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            let id = StepID.siteConfiguration(site)
            guard let keys = observed.changedLogins[site.name], let secret = site.externalDatabase?.secret,
                !steps.contains(where: { $0.id == id && !$0.isDeep })
            else { continue }
            // What the deep look found of the same file is in its own step, which writes the same values.
            let found = steps.first { $0.id == id }
            steps.removeAll { $0.id == id }
            steps.append(
                Step(
                    id: id, action: .restoreConfiguration(site, keys: Self.union(keys, found)), bench: site.bench,
                    subject: "site \(site.siteName)", cause: "the login in Secret \(secret) changed",
                    needs: [StepID.prepare(site.bench), StepID.network(siteNetwork(site))],
                    after: [StepID.configure(site.bench), StepID.configure(site), StepID.verify(site)]))
        }
    }

    /// What talks to a server as root waits for it, and goes on where it fails.
    mutating func planRootPasswords() {
        for container in desired.containers where container.identity.component == .mariadb {
            let server = container.identity.instance
            guard let cause = observed.rootPasswordCauses[server], !isClosing(server) else { continue }
            let id = StepID.rootPassword(server)
            for index in steps.indices where Self.server(of: steps[index].action) == server {
                steps[index].after.insert(id)
            }
            steps.append(
                Step(
                    id: id, action: .setRootPassword(server: server, container), bench: container.identity.bench,
                    subject: "\(container.identity)", cause: cause,
                    needs: [StepID.container(container.identity), StepID.rename(container.identity)]))
        }
    }

    private static func server(of action: StepAction) -> String? {
        switch action {
        case .createSite(let site), .grant(let site, _, _), .limitStatements(let site, _, _): site.databaseServer
        default: nil
        }
    }

    private static func union(_ keys: [String], _ step: Step?) -> [String] {
        guard case .restoreConfiguration(_, let others)? = step?.action else { return keys.sorted() }
        return Set(keys).union(others).sorted()
    }
}

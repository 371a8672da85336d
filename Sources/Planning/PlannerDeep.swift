import FrappeModel

// What only the deep look tells; none of it is planned without one.
extension Planner {
    mutating func planDeep() {
        guard let deep = observed.deep else { return }
        let before = steps.count
        for container in desired.containers { planDeep(container, deep) }
        planAccounts(deep)
        planConfigurations(deep)
        for difference in deep.modes { planMode(difference) }
        notes += deep.notes
        for index in before..<steps.count { steps[index].isDeep = true }
    }

    /// What the deep look alone leads to.
    package func deepPlan() -> Plan {
        var planner = self
        planner.planDeep()
        return Plan(steps: planner.steps, notes: planner.notes)
    }

    private mutating func planDeep(_ container: DesiredContainer, _ deep: DeepLook) {
        guard let current = current(of: container), let look = deep.containers[current.id],
            !isRecreated(container.identity)
        else { return }
        let difference = ContainerDifference(wanted: container.definition, look: look, deep: deep)
        let making = difference.making
        guard making.isEmpty else { return planRemaking(of: current, container, making) }
        let limits = difference.limits
        if !limits.isEmpty {
            appendDeep(
                StepID.limits(container.identity), .setLimits(container, of: current), container,
                cause: "set from outside: \(limits.joined(separator: ", "))")
        }
        planNames(of: current, container, look)
        if current.state == .running { planRedis(container, current, deep) }
    }

    /// Its name is the right one's: it goes before the right one comes.
    private mutating func planRemaking(
        of current: ObservedContainer, _ container: DesiredContainer, _ words: [String]
    ) {
        let id = StepID.container(container.identity)
        steps.removeAll { $0.id == id }
        let serves: Set<Component> = [.web, .redisCache, .redisQueue, .mariadb]
        append(
            container, .replace(container, old: [current]),
            cause: "\(words.joined(separator: ", ")) differ: it was made outside frappectl",
            effect: serves.contains(container.identity.component) ? .downtime : .restart, needs: [])
    }

    private mutating func appendDeep(
        _ id: String, _ action: StepAction, _ container: DesiredContainer, cause: String, effect: Step.Effect = .none
    ) {
        steps.append(
            Step(
                id: id, action: action, bench: container.identity.bench, subject: container.identity.description,
                cause: cause, effect: effect, after: [StepID.container(container.identity)]))
    }

    // Networks, and the names in them.
    private mutating func planNames(
        of current: ObservedContainer, _ container: DesiredContainer, _ look: ContainerLook
    ) {
        let own = container.ownAttachment.map { [$0] } ?? []
        let wanted = own + desired.attachments.filter { $0.container == container.identity }
        for attachment in wanted where current.networks.contains(attachment.network) {
            let missing = Set(attachment.aliases).subtracting(look.aliases[attachment.network] ?? [])
            guard !missing.isEmpty else { continue }
            appendDeep(
                StepID.attach(attachment), .rejoin(container, attachment), container,
                cause:
                    "its name \(missing.sorted().joined(separator: ", ")) is missing in network \(attachment.network)",
                effect: container.identity.component.keepsConnections ? .restart : .none)
        }
        let leaving = Set(desired.networks.map(\.name))
        for network in current.networks.subtracting(wanted.map(\.network)).sorted()
        where !leaving.contains(network) || container.identity.component != .mariadb {
            guard !steps.contains(where: { $0.id == StepID.detach(current, network) }) else { continue }
            appendDeep(
                StepID.detach(current, network), .detach(container: current, network: network), container,
                cause: "was connected to network \(network) outside frappectl")
        }
    }

    private mutating func planRedis(_ container: DesiredContainer, _ current: ObservedContainer, _ deep: DeepLook) {
        guard let look = deep.redis[current.id] else { return }
        let strangers = look.users.filter { !RedisLook.isOurs($0) }
        if !strangers.isEmpty {
            let names = strangers.map { $0.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
            appendDeep(
                StepID.settings(container.identity), .restart(container), container,
                cause: "its users \(names.joined(separator: ", ")) were made or changed from outside",
                effect: .downtime)
            return
        }
        let wanted = RedisArguments.wanted(by: container.definition)
        let different = wanted.filter { look.settings[$0.key] != nil && look.settings[$0.key] != $0.value }
        guard !different.isEmpty else { return }
        let words = different.sorted { $0.key < $1.key }.map { name, value in
            let now = RedisArguments.shown(name, look.settings[name] ?? "")
            return "\(name) \(now) instead of \(RedisArguments.shown(name, value))"
        }
        appendDeep(
            StepID.settings(container.identity), .setRedis(container, different), container,
            cause: "set from outside: \(words.joined(separator: ", "))")
    }
}

/// What a Redis of ours is told on its command line.
enum RedisArguments {
    static func wanted(by definition: ContainerDefinition) -> [String: String] {
        let words = definition.command ?? []
        var settings: [String: String] = [:]
        for (index, word) in words.enumerated() where word.hasPrefix("--") && index + 1 < words.count {
            settings[String(word.dropFirst(2))] = words[index + 1]
        }
        return settings
    }

    static func shown(_ name: String, _ value: String) -> String {
        if name == "maxmemory", let bytes = Int(value) { return bytes == 0 ? "none" : Quantity.bytes(bytes) }
        return value.isEmpty ? "\"\"" : value
    }
}

// Accounts and files.
extension Planner {
    fileprivate mutating func planAccounts(_ deep: DeepLook) {
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            guard let record = observed.sitePhases[site.name], record.isServed,
                let look = deep.databases[record.databaseServer],
                let subnet = desired.networks.first(where: { $0.bench == site.bench })?.subnet
            else { continue }
            let name = record.databaseName
            guard look.databases.contains(name) else {
                notes.append(
                    "the database \(name) of \(site.siteName) is missing on \(record.databaseServer): nothing is done; "
                        + "put it back from a dump (frappectl db \(site.siteName) --admin), or frappectl delete site \(site.siteName)"
                )
                continue
            }
            let account = DatabaseAccount(database: name, subnet: subnet)
            noteStrangers(besides: account, of: site, look)
            guard let cause = Self.lack(of: account, site, look) else { continue }
            steps.append(
                Step(
                    id: StepID.grant(site), action: .grant(site, database: name, subnet: subnet), bench: site.bench,
                    subject: "site \(site.siteName)", cause: cause, after: databaseNeeds(of: site)))
        }
    }

    private static func lack(of account: DatabaseAccount, _ site: Site, _ look: DatabaseLook) -> String? {
        guard look.accounts.contains(account) else { return "account \(account) of \(site.siteName) is missing" }
        let granted = look.grants[account]?[DatabaseAccount.pattern(account.user)] ?? []
        let missing = DatabaseAccount.privileges.filter { !granted.contains($0) }
        guard !missing.isEmpty else { return nil }
        if granted.isEmpty { return "grant on \(account.user) of \(site.siteName) is missing" }
        return "grant on \(account.user) of \(site.siteName) lacks \(missing.joined(separator: ", "))"
    }

    /// More than the site's own: told, and left to who gave it.
    private mutating func noteStrangers(besides account: DatabaseAccount, of site: Site, _ look: DatabaseLook) {
        let own = DatabaseAccount.pattern(account.user)
        for other in look.accounts.filter({ $0.user == account.user }).sorted() {
            if other != account {
                notes.append(
                    "account \(other) of \(site.siteName) was made from outside and is left as it is; "
                        + "drop it where nobody needs it: frappectl db \(site.siteName) --admin")
            }
            let more = (look.grants[other] ?? [:]).keys.filter { $0 != own }.sorted()
            let everything = look.global[other].map { $0.isEmpty ? [] : ["*"] } ?? []
            for pattern in everything + more {
                notes.append(
                    "account \(other) of \(site.siteName) was given rights on \(pattern) from outside; "
                        + "revoke them where nobody needs them: frappectl db \(site.siteName) --admin")
            }
        }
    }

    fileprivate mutating func planConfigurations(_ deep: DeepLook) {
        for bench in deep.configurations.keys.sorted() {
            let differences = deep.configurations[bench] ?? []
            planConfiguration(of: bench, differences.filter { $0.site == nil })
            for difference in differences {
                if let site = difference.site.flatMap({ desired.sites[$0] }) {
                    planConfiguration(of: site, difference)
                }
            }
        }
    }

    private mutating func planConfiguration(of bench: ObjectName, _ differences: [ConfigurationDifference]) {
        let id = StepID.configure(bench)
        guard !differences.isEmpty, !steps.contains(where: { $0.id == id }) else { return }
        steps.append(
            Step(
                id: id, action: .configureBench(bench), bench: bench, subject: "configuration",
                cause: differences.map(\.words).joined(separator: "; "),
                needs: mountedAssets(of: desired.benches[bench])))
    }

    private mutating func planConfiguration(of site: Site, _ difference: ConfigurationDifference) {
        guard case .keys(let keys) = difference.trouble else {
            notes.append(
                "\(difference.words): nothing is done; put it back from a backup, or frappectl shell \(site.siteName)")
            return
        }
        steps.append(
            Step(
                id: StepID.siteConfiguration(site), action: .restoreConfiguration(site, keys: keys), bench: site.bench,
                subject: "site \(site.siteName)", cause: difference.words,
                needs: [StepID.prepare(site.bench), StepID.network(siteNetwork(site))],
                after: [StepID.configure(site.bench)]))
    }

    fileprivate mutating func planMode(_ difference: ModeDifference) {
        func octal(_ mode: UInt16) -> String { "0" + String(mode, radix: 8) }
        steps.append(
            Step(
                id: "mode \(difference.path)", action: .setMode(path: difference.path, mode: difference.wanted),
                bench: nil, subject: difference.path,
                cause: "has mode \(octal(difference.mode)) instead of \(octal(difference.wanted))"))
    }
}

extension ConfigurationDifference {
    /// Without values: somebody may have put a password where none belongs.
    package var words: String {
        switch trouble {
        case .missing: "sites/\(file) is missing"
        case .unreadable: "sites/\(file) cannot be read"
        case .keys(let keys): "\(keys.joined(separator: ", ")) in sites/\(file) was changed from outside"
        }
    }
}

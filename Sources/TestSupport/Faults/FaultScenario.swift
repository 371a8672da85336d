import FrappeModel

/// A verb that changes something, from a known state to a known state, to be killed on its way.
package struct FaultScenario: Sendable {
    package let name: String
    /// What is run and killed.
    package let verb: [String]
    /// What is run afterwards, once: it has to end with 0 and to leave what an undisturbed run leaves.
    package let rerun: [String]
    /// Whether a person whom it told of a failure would repeat the verb: where it failed before it had begun, nothing
    /// is to be finished.
    package let isRepeated: Bool
    /// Puts the state in place from which the verb starts.
    package let prepare: @Sendable (Installation) async throws -> Void
    /// A site that has to answer all the time, by its public name; nil where the verb may interrupt every site.
    package let steady: String?

    package init(
        _ name: String, verb: [String], rerun: [String] = ["up"], isRepeated: Bool = false, steady: String?,
        prepare: @escaping @Sendable (Installation) async throws -> Void
    ) {
        self.name = name
        self.verb = verb
        self.rerun = rerun
        self.isRepeated = isRepeated
        self.prepare = prepare
        self.steady = steady
    }
}

/// What is done to the program, or to what it asks of the Engine.
package enum Fault: Hashable, Sendable, CustomStringConvertible {
    /// `kill -9` at a moment of the program.
    case kill(String)
    /// The first call of that kind (method, path template and subject) goes wrong.
    case call(String, CallFault)

    package var isKill: Bool { if case .kill = self { true } else { false } }

    package enum CallFault: String, Hashable, Sendable, CaseIterable {
        case answered500, answered409, cutBefore, cutAfter, hangs
    }

    package var description: String {
        switch self {
        case .kill(let moment): "killed \(moment)"
        case .call(let call, let fault): "\(call) \(fault.rawValue)"
        }
    }
}

/// What came of one fault.
package struct FaultOutcome: Sendable, CustomStringConvertible {
    package let scenario: String
    package let fault: Fault
    /// How the disturbed run ended.
    package let ending: String
    /// Whether there was anything to disturb: some calls are made only when the Engine's own probes are late.
    package let hasStruck: Bool
    /// Everything that is not as it has to be.
    package var problems: [String]
    package var requests = 0

    package var description: String {
        let requests = requests == 0 ? "" : ", \(requests) requests beside it"
        let verdict = problems.isEmpty ? (hasStruck ? "ok" : "missed") : "FAILED"
        return "\(verdict)  \(scenario): \(fault) (\(ending)\(requests))"
            + problems.map { "\n    \($0)" }.joined()
    }
}

extension FaultScenario {
    /// What an undisturbed run passes, and what it leaves.
    package struct Reference: Sendable {
        package let moments: [String]
        /// The kinds of calls of the Engine that it makes.
        package let calls: [String]
        package let inventory: Inventory
        /// What was there before it.
        package let before: Inventory

        package var faults: [Fault] {
            moments.map { .kill($0) } + calls.flatMap { call in Fault.CallFault.allCases.map { .call(call, $0) } }
        }
    }

    package func reference(_ installation: Installation) async throws -> Reference {
        try await prepare(installation)
        let before = try await Inventory.take(installation)
        let proxy = try EngineProxy(at: "\(installation.directory)/fault.sock", namesSubjects: true)
        defer { proxy.stop() }
        let run = try await installation.run(
            verb, environment: ["FRAPPECTL_FAULT_LOG": "1", "DOCKER_HOST": "unix://\(proxy.socketPath)"])
        guard run.exitCode == 0 else { throw TestFailure("\(run)") }
        var moments: [String] = []
        for line in run.errors.split(separator: "\n") {
            guard let moment = line.wholeMatch(of: /fault: (.+)/) else { continue }
            if !moments.contains(String(moment.1)) { moments.append(String(moment.1)) }
        }
        return Reference(
            moments: moments, calls: proxy.kinds, inventory: try await settled(installation), before: before)
    }

    /// Runs the verb with the fault, and then what has to mend it.
    package func suffer(_ fault: Fault, _ installation: Installation, reference: Reference) async throws -> FaultOutcome
    {
        try await prepare(installation)
        guard let steady else { return try await result(of: fault, installation, reference: reference) }
        var stream = RequestStream(port: installation.port, host: steady)
        stream.concurrency = 1
        stream.pause = .milliseconds(100)
        var (outcome, report) = try await stream.during {
            try await result(of: fault, installation, reference: reference)
        }
        outcome.requests = report.requests
        outcome.problems += report.failures.prefix(3).map { "a request to \(steady) failed: \($0)" }
        return outcome
    }

    private func result(
        of fault: Fault, _ installation: Installation, reference: Reference
    ) async throws -> FaultOutcome {
        let volumes = try await Inventory.danglingVolumes(installation)
        let (victim, hasStruck) = try await disturbed(by: fault, installation, reference: reference)
        var problems: [String] = []
        if victim.exitCode != 0, !victim.wasKilled, !victim.errors.contains("next: ") {
            problems.append("it does not say what to do next: \(victim)")
        }
        if victim.timedOut { problems.append("\(victim)") }
        if isRepeated, !victim.wasKilled, victim.exitCode != 0 { _ = try await installation.run(verb) }
        let again = try await installation.run(rerun)
        if again.exitCode != 0 { problems.append("\(again)") }
        // Killed before it had begun: everything is as it was, and the same command does it.
        if victim.wasKilled, try await Inventory.take(installation).objects == reference.before.objects {
            let repeated = try await installation.run(verb)
            if repeated.exitCode != 0 { problems.append("\(repeated)") }
        }
        problems += try await settled(installation).difference(to: reference.inventory)
        problems += try await leftVolumes(installation, besides: volumes).map { "left over: volume \($0)" }
        problems += try await unsettled(installation)
        return FaultOutcome(
            scenario: name, fault: fault, ending: victim.wasKilled ? "died" : "exit \(victim.exitCode)",
            hasStruck: hasStruck, problems: problems)
    }

    /// Volumes that nobody uses and that stay: one of another lane is unused for a moment, before its container is there
    /// and while it is removed.
    private func leftVolumes(_ installation: Installation, besides known: Set<String>) async throws -> Set<String> {
        var left = try await Inventory.danglingVolumes(installation).subtracting(known)
        try await Waiting.until(within: .seconds(20)) {
            if !left.isEmpty { left.formIntersection(try await Inventory.danglingVolumes(installation)) }
            return left.isEmpty
        }
        return left
    }

    /// What is there once workers are gone that were told to go and went a moment later: a later run takes them away.
    private func settled(_ installation: Installation) async throws -> Inventory {
        let inventory = try await Inventory.take(installation)
        guard inventory.lines.contains(where: { $0.contains(/^container \w+ worker-.* exited in/) }) else {
            return inventory
        }
        try await installation.succeed(rerun)
        return try await Inventory.take(installation)
    }

    private func disturbed(
        by fault: Fault, _ installation: Installation, reference: Reference
    ) async throws -> (victim: ProgramResult, hasStruck: Bool) {
        switch fault {
        case .kill(let moment):
            // Chosen by another installation, whose containers have other names.
            let kind = FaultChoice.anywhere(moment)
            let own = reference.moments.first { FaultChoice.anywhere($0) == kind } ?? moment
            // A root that is still to be made has another number each time.
            let unknown = own.replacing(/frappectl-[0-9a-f]{6}-/, with: "frappectl-*-", maxReplacements: 1)
            let victim = try await installation.run(
                verb, environment: ["FRAPPECTL_FAULT": reference.before.objects.isEmpty ? unknown : own])
            return (victim, victim.wasKilled)
        case .call(let call, let kind):
            let proxy = try EngineProxy(at: "\(installation.directory)/fault.sock", namesSubjects: true)
            defer { proxy.stop() }
            proxy.setRules([.init(call, kind.action)])
            let victim = try await installation.run(verb, environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"])
            return (victim, proxy.hasActed)
        }
    }

    /// Whatever a plan still wants, and sites that do not answer.
    private func unsettled(_ installation: Installation) async throws -> [String] {
        guard rerun.first != "down" else { return [] }
        let plan = try await installation.run(["plan"])
        let sites = try await installation.succeed(["site", "list", "--json"]).json().array
        return (plan.exitCode == 0 ? [] : ["\(plan)"])
            + sites.filter { $0.phase.string != "Ready" }.map {
                "\($0.siteName.string ?? "?") is \($0.phase.string ?? "?")"
            }
    }
}

extension Fault.CallFault {
    fileprivate var action: EngineProxy.Action {
        switch self {
        case .answered500: .answer(500)
        case .answered409: .answer(409)
        case .cutBefore: .cutBefore
        case .cutAfter: .cutAfter
        case .hangs: .delay(.seconds(30))
        }
    }
}

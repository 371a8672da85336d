import FrappeModel
import Operations
import Planning

/// A plan as a person reads it, and as `--json` gives it.
enum PlanText {
    static func text(_ plan: Plan, applyWith command: String) -> String {
        if plan.isEmpty {
            let notes = plan.notes.map { "\n  \(TextWidth.plain($0))" }.joined()
            return "nothing to do (\(counts(plan.unchangedComponents, plan.unchangedSites)))" + notes
        }
        var lines: [String] = []
        let groups = Dictionary(grouping: plan.steps) { $0.bench?.description ?? "" }
        for group in groups.keys.sorted() {
            lines.append(group.isEmpty ? "host" : TextWidth.plain(group))
            lines.append(Table.text((groups[group] ?? []).map(row), indent: "  "))
        }
        lines.append("  = \(counts(plan.unchangedComponents, plan.unchangedSites)) unchanged")
        lines += plan.notes.map { "  \(TextWidth.plain($0))" }
        lines.append("\(Quantity.count(plan.steps.count, "change")), \(cost(plan)). Apply with: \(command)")
        return lines.joined(separator: "\n")
    }

    static func counts(_ components: Int, _ sites: Int) -> String {
        "\(Quantity.count(components, "component")), \(Quantity.count(sites, "site"))"
    }

    private static func row(_ step: Step) -> [String] {
        ["\(symbol(step)) \(step.subject)", step.verbText, step.cause]
    }

    private static func symbol(_ step: Step) -> String {
        switch step.action {
        case .createNetwork, .prepareDatabase, .prepareBench, .extractAssets, .createSite, .installService,
            .obtainCertificate:
            "+"
        case .start(let container): container.definition.image.isEmpty ? "!" : "+"
        case .startBeside, .replace, .restart, .configureBench, .configureSite, .route, .setLimits, .setRedis, .grant,
            .restoreConfiguration, .limitStatements, .setMode, .rename, .setRootPassword, .limitFiles:
            "~"
        case .scheduleRenewal(let drift): drift.isWanted ? "+" : "-"
        case .rejoin, .attach, .reconnect, .detach, .verifySite, .requireStorage: "!"
        case .remove, .discard, .drain, .removeNetwork: "-"
        }
    }

    private static func cost(_ plan: Plan) -> String {
        let costly = plan.steps.filter { $0.effect == .downtime || $0.effect == .data }
        guard !costly.isEmpty else { return "no site interrupted" }
        return "interrupted for moments: \(costly.map { TextWidth.plain($0.subject) }.joined(separator: ", "))"
    }
}

extension Step {
    /// What is done, and what it costs in service.
    var verbText: String {
        switch action {
        case .createNetwork, .prepareBench, .prepareDatabase: "create"
        case .removeNetwork: "remove"
        case .configureBench: "write"
        case .extractAssets: "copy out"
        case .start: "start"
        case .startBeside: "replace, no downtime"
        case .replace: effect == .downtime ? "replace, down for a moment" : "restart"
        case .attach: "attach"
        case .reconnect: effect == .restart ? "attach and restart" : "attach"
        case .restart: "restart"
        case .rejoin: effect == .restart ? "attach anew and restart" : "attach anew"
        case .rename: "rename, no restart"
        case .setLimits, .setRedis, .limitStatements, .setRootPassword, .limitFiles: "set, no restart"
        case .grant: "grant"
        case .restoreConfiguration: "write, no downtime"
        case .setMode: "set the mode"
        case .requireStorage: "wait for its disk"
        case .detach: "detach"
        case .remove: "remove"
        case .discard: "remove"
        case .drain: "finish its job, then remove"
        case .createSite: "create"
        case .configureSite: "write, no downtime"
        case .route: "reload, no downtime"
        case .installService(let name):
            effect == .downtime ? "write \(name), down for a moment" : "write and enable \(name)"
        case .scheduleRenewal(let drift): "\(drift.isWanted ? "write and enable" : "remove") \(drift.name)"
        case .verifySite: "prove"
        case .obtainCertificate(let order): "ask \(order.account.name) for it"
        }
    }
}

/// The stable schema of a plan.
struct PlanAnswer: Encodable {
    struct StepAnswer: Encodable {
        var id: String
        var kind: String
        var bench: String?
        var subject: String
        var cause: String
        var effect: String
        var needs: [String]
        /// Whether it takes `up --deep` to do it.
        var deep: Bool
    }

    var changes: Int
    var unchangedComponents: Int
    var unchangedSites: Int
    var notes: [String]
    var steps: [StepAnswer]

    init(_ plan: Plan) {
        changes = plan.steps.count
        unchangedComponents = plan.unchangedComponents
        unchangedSites = plan.unchangedSites
        notes = plan.notes
        steps = plan.steps.map {
            StepAnswer(
                id: $0.id, kind: $0.action.kind, bench: $0.bench?.description, subject: $0.subject, cause: $0.cause,
                effect: $0.effect.rawValue, needs: $0.needs.sorted(), deep: $0.isDeep)
        }
    }
}

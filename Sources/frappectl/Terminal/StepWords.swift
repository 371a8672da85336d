import FrappeModel

/// What a step is called while it runs and when it is done.
struct StepWords {
    let now: String
    let done: String
    /// Whether its cause is worth reading once it is done; "is missing" is not.
    let showsCause: Bool

    init(_ now: String, _ done: String, showsCause: Bool = false) {
        self.now = now
        self.done = done
        self.showsCause = showsCause
    }
}

extension Step {
    var words: StepWords {
        switch action {
        case .createNetwork, .createSite: StepWords("creating", "created")
        case .removeNetwork: StepWords("removing", "removed")
        case .prepareDatabase, .prepareBench: StepWords("preparing", "prepared")
        case .configureBench: StepWords("writing", "written")
        case .configureSite: StepWords("writing", "written", showsCause: true)
        case .extractAssets: StepWords("copying", "copied")
        case .start(let container): StepWords("starting", container.provenWord)
        case .startBeside(let container, _), .replace(let container, _):
            StepWords("replacing", container.provenWord, showsCause: true)
        case .restart(let container): StepWords("restarting", container.provenWord, showsCause: true)
        case .attach, .reconnect, .rejoin: StepWords("attaching", "attached", showsCause: true)
        case .detach: StepWords("detaching", "detached", showsCause: true)
        case .remove, .discard: StepWords("removing", "removed", showsCause: true)
        case .drain: StepWords("signalling", "finishing", showsCause: true)
        case .rename: StepWords("renaming", "renamed", showsCause: true)
        case .setLimits, .setRedis, .setMode: StepWords("setting", "set", showsCause: true)
        case .grant: StepWords("granting", "granted", showsCause: true)
        case .limitStatements, .setRootPassword, .limitFiles: StepWords("setting", "set", showsCause: true)
        case .restoreConfiguration: StepWords("writing", "written", showsCause: true)
        case .route: StepWords("loading", "served", showsCause: true)
        case .installService: StepWords("installing", "enabled", showsCause: true)
        case .scheduleRenewal(let drift):
            StepWords(
                drift.isWanted ? "installing" : "removing", drift.isWanted ? "enabled" : "removed", showsCause: true)
        case .verifySite: StepWords("asking", "Ready")
        case .obtainCertificate: StepWords("asking for", "made", showsCause: true)
        case .requireStorage: StepWords("looking for", "there")
        }
    }
}

extension DesiredContainer {
    /// One without a probe is only known to run.
    fileprivate var provenWord: String { definition.healthCheck == nil ? "runs" : "healthy" }
}

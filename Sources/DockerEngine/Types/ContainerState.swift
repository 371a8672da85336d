/// What a container is doing, in the Engine's words.
package enum ContainerState: String, Sendable {
    case created, running, paused, restarting, removing, exited, dead
    /// A word this version does not know.
    case unknown
}

/// What a container's health check says.
package enum Health: String, Sendable {
    /// There is no check, or the container does not run.
    case none
    case starting, healthy, unhealthy

    /// Reads the health out of a list's status text: "Up 5 minutes (healthy)", "Up 1 second (health: starting)".
    package init(status: String) {
        if status.hasSuffix("(healthy)") {
            self = .healthy
        } else if status.hasSuffix("(unhealthy)") {
            self = .unhealthy
        } else if status.hasSuffix("(health: starting)") {
            self = .starting
        } else {
            self = .none
        }
    }
}

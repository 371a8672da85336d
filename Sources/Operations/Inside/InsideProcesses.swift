import DockerEngine

/// The processes of one exec. The Engine cannot signal them, so they are found inside the container by a mark in
/// their environment, which everything they start inherits.
struct InsideProcesses: Sendable {
    let engine: EngineAccess
    let container: String
    private let mark: String

    init(engine: EngineAccess, container: String) {
        self.engine = engine
        self.container = container
        mark = "FRAPPECTL_EXEC=\(SecretStore.password(length: 20))"
    }

    /// "NAME=value" for the environment of the command.
    var environment: String { mark }

    /// $1 is the signal, $2 the mark; it has the mark in its arguments only, so it does not find itself.
    private static let script = """
        for process in /proc/[0-9]*; do
          if grep -qsF "$2" "$process/environ"; then kill -"$1" "${process#/proc/}"; fi
        done
        """

    /// Best effort: what has ended, or cannot be reached with an Engine that is gone, is left.
    func signal(_ number: Int32) async {
        _ = try? await engine.exec(container, ["sh", "-c", Self.script, "sh", "\(number)", mark])
    }
}

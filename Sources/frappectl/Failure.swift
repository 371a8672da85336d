import ArgumentParser
import Operations

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the program ends with when a command failed: by the error's type, never by its text.
struct Failure {
    let text: String
    let code: Int32

    init(_ error: any Error) {
        switch error {
        case OperationError.badManifests:
            text = "\(error)"
            code = 78
        case let error as OperationError:
            text = Style.errors("error:", .bad) + " \(error)"
            code = error.exitCode
        case let exit as ExitCode:
            text = ""
            code = exit.rawValue
        case is CancellationError:
            text = "interrupted: what serves goes on serving\n  next: the same command again goes on from here"
            code = 128 + (Signals.last ?? SIGINT)
        default:
            let parser = Frappectl.exitCode(for: error)
            text =
                parser == .failure
                ? Style.errors("error:", .bad) + " \(ErrorWords(error))" : Frappectl.fullMessage(for: error)
            code = parser.rawValue
        }
    }

    /// Help and versions go to standard output, failures to standard error.
    func report() -> Never {
        if !text.isEmpty { code == 0 ? print(text) : Terminal.error(text) }
        exit(code)
    }
}

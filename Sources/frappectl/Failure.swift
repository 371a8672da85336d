import ArgumentParser
import ManifestParsing
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
            text = Style.errors("error:", .bad) + " \(SafeText.lines("\(error)"))"
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
                switch parser {
                case .success: Frappectl.fullMessage(for: error)
                case .failure: Style.errors("error:", .bad) + " \(SafeText.lines("\(ErrorWords(error))"))"
                default:
                    Style.errors("error:", .bad) + " \(SafeText.lines(UsageMistake(error, CommandLine.arguments).text))"
                }
            code = parser.rawValue
        }
    }

    /// Help and versions go to standard output, failures to standard error.
    func report() -> Never {
        if !text.isEmpty { code == 0 ? Terminal.file(text + "\n") : Terminal.error(text) }
        ProgramEnd.now(code)
    }
}

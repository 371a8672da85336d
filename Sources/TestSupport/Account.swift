import Foundation
import Subprocess

/// An account of the host that a program is run as, by its numbers: it needs no entry in any list.
package struct Account: Hashable, Sendable {
    package let user: UInt32
    package let group: UInt32
    package let otherGroups: [UInt32]

    /// Uid 1001 with no right but that of the Engine's group: uid 1000 would hide faults, since containers run as it.
    package static var ofTheEnginesGroup: Account {
        var status = stat()
        let group = stat(TestEngine.socketPath, &status) == 0 ? status.st_gid : 0
        return Account(user: 1001, group: 1001, otherGroups: [group])
    }

    /// The same without that group.
    package static var withoutRights: Account { Account(user: 1001, group: 1001, otherGroups: []) }

    /// Only root may start a program as somebody else.
    package static var canBeTaken: Bool { geteuid() == 0 }

    var options: PlatformOptions {
        var options = PlatformOptions()
        options.userID = user
        options.groupID = group
        options.supplementaryGroups = otherGroups
        return options
    }
}

extension Installation {
    /// Runs Docker's own client as whoever this installation belongs to.
    package func docker(_ arguments: [String]) async throws -> (exitCode: Int32, output: String, errors: String) {
        let result = try await Subprocess.run(
            .name("docker"), arguments: Arguments(arguments), platformOptions: account?.options ?? PlatformOptions(),
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let code: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
        return (code, result.standardOutput, result.standardError)
    }
}

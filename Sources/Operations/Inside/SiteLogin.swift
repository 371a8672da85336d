import ComposeTemplates
import Foundation
import FrappeModel
import ManifestParsing
import StateStore

/// `site login`: a link that logs a user in once, and soon expires.
package struct SiteLogin: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package struct Request: Sendable {
        /// Nil for the only site.
        package var site: String?
        package var user: String
        /// How long the link can be used.
        package var seconds: Int
        /// Who became the user that runs this, where the system says.
        package var person: String?

        package init(site: String?, user: String, seconds: Int, person: String?) {
            (self.site, self.user, self.seconds, self.person) = (site, user, seconds, person)
        }
    }

    package struct Link: Codable, Sendable {
        package var site: String
        package var user: String
        package var url: String
        package var expiresInSeconds: Int
    }

    /// The journal says that a link was made before anybody sees it; the link itself is written nowhere.
    package func run(_ request: Request) async throws -> Link {
        let places = try Places(host)
        let site = try places.site(request.site)
        guard try host.store.sites()[site.name]?.isServed == true else {
            throw OperationError.failed("\(site.siteName) is not there yet", next: "frappectl up")
        }
        let began = host.now
        do {
            let place = try await places.place(site.bench, site, nil)
            let key = try await makeKey(request, site, place)
            try record(request, site, since: began, .done, nil)
            let page = "/api/method/frappe.www.login.login_via_key?key=\(key)"
            return Link(
                site: site.siteName, user: request.user, url: places.manifests.publicURL(of: site) + page,
                expiresInSeconds: request.seconds)
        } catch {
            try record(request, site, since: began, .failed, "\(error)")
            throw error
        }
    }

    /// The script goes through standard input, and the key comes back by standard output: neither is in any log.
    private func makeKey(_ request: Request, _ site: Site, _ place: Place) async throws -> String {
        let answer = try await host.engine.exec(
            place.container.id, ["env/bin/python", "-", site.siteName, request.user, "\(request.seconds)"],
            input: [UInt8](ComposeTemplate.login.utf8))
        let word = "frappectl-login "
        guard let line = answer.output.split(separator: "\n").last(where: { $0.hasPrefix(word) }),
            let said = try? JSONDecoder().decode(Answer.self, from: Data(line.dropFirst(word.count).utf8))
        else {
            let reason = answer.errors.split(separator: "\n").last.map { TerminalText.plain(String($0)) } ?? "no reason"
            throw OperationError.failed(
                "the framework of \(site.siteName) made no link: \(reason)", next: "frappectl logs \(site.bench) web")
        }
        guard let key = said.key, key.allSatisfy(\.isHexDigit) else {
            throw Self.refusal(said.problem ?? "", request.user, site.siteName)
        }
        return key
    }

    private struct Answer: Decodable {
        var key: String?
        var problem: String?
    }

    private static func refusal(_ problem: String, _ user: String, _ site: String) -> OperationError {
        switch problem {
        case "unknown":
            .failed(
                "there is no user \(SafeText.word(user)) on \(site)",
                next: "frappectl db \(site) -e 'SELECT name, enabled FROM tabUser'")
        case "disabled":
            .failed(
                "the user \(SafeText.word(user)) of \(site) is disabled",
                next: "frappectl site login \(site), which logs in as Administrator")
        case "cache":
            .failed(
                "the bench of \(site) has a redis-cache that does not keep the link", next: "frappectl logs redis-cache"
            )
        default:
            .failed(
                "the framework in the image of \(site) knows no links that log in",
                next: "frappectl site show \(site) --admin-password")
        }
    }

    /// No lock is held, so that a long update keeps nobody out: the record is whole as it is written.
    private func record(
        _ request: Request, _ site: Site, since began: Double, _ outcome: Outcome, _ reason: String?
    ) throws {
        let user = host.invocation.user + (request.person.map { " (\($0))" } ?? "")
        try host.store.add(
            OperationRecord(
                verb: host.invocation.verb, subject: "site \(site.siteName) as \(request.user)", lock: "none",
                process: Int(ProcessInfo.processInfo.processIdentifier), user: user, startedAt: began,
                finishedAt: host.now, outcome: outcome, reason: reason))
    }
}

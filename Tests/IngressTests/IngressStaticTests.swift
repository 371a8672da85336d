import Foundation
import FrappeModel
import Testing

@testable import Operations

extension IngressSuite {
    private static let hashed = "public, max-age=31536000, immutable"
    private static let short = "public, max-age=300"

    @Test func `assets come from the newest copy that has them, and only hashed names are immutable`() async throws {
        try await IngressFixture.with { fixture in
            let names = [
                ("frappe/dist/js/desk.bundle.ABCDEF12.js", Self.hashed),
                ("frappe/dist/js/desk.bundle.ABCDEF12.js.map", Self.hashed),
                ("crm/frontend/assets/index-BxY4_z1q.js", Self.hashed),
                ("crm/frontend/assets/my-language.js", Self.short),
                ("frappe/dist/js/desk.bundle.js", Self.short), ("frappe/dist/js/desk.bundle.abcdef12.js", Self.short),
                ("frappe/images/space and ünicode.txt", Self.short), ("frappe/images/logo.svg", Self.short),
            ]
            for (name, _) in names { try fixture.file("assets/old/\(name)", "old") }
            try fixture.file("assets/new/frappe/images/logo.svg", "new")
            try await fixture.apply()
            for (name, caching) in names {
                let path = name.replacing(" ", with: "%20").replacing("ü", with: "%C3%BC")
                let answer = try await fixture.get("/assets/\(path)")
                #expect(answer.status == 200 && answer.all("Cache-Control") == [caching], "\(name)")
                #expect(answer["ETag"] != nil && answer["Last-Modified"] != nil)
                #expect(answer["X-Content-Type-Options"] == "nosniff")
            }
            #expect(try await fixture.get("/assets/frappe/images/logo.svg").text == "new")
            #expect(try await fixture.get("/assets/frappe/dist/js/desk.bundle.ABCDEF12.js").text == "new desk")
            #expect(try await fixture.get("/assets/frappe/dist/js/desk.bundle.ZZZZZZ77.js").text == "old desk")
        }
    }

    @Test func `an asset that is not there is never immutable, and an unchanged one is not sent again`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for path in ["/assets/x.bundle.ABCDEF12.js", "/assets/", "/assets/frappe", "/assets/frappe/"] {
                let answer = try await fixture.get(path)
                #expect(answer.status == 404 && answer["Cache-Control"] == nil, "\(path)")
            }
            let path = "/assets/frappe/images/logo.svg"
            let tag = try #require(try await fixture.get(path)["ETag"])
            #expect(try await fixture.get(path, headers: ["If-None-Match: \(tag)"]).status == 304)
        }
    }

    @Test func `public files are served by nginx, what is not there by the site`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for host in ["one.localhost", "two.localhost", "three.localhost"] {
                #expect(try await fixture.get("/files/hello.txt", host: host).text == "hello from \(host)")
            }
            #expect(try await fixture.echo("/files/none.txt").path == "/files/none.txt")
            #expect(try await fixture.echo("/files/").path == "/files/")
            #expect(try await fixture.echo("/files").path == "/files")
            #expect(try await fixture.echo("/app//x%2Fy/?a=%2F").path == "/app//x%2Fy/?a=%2F")
        }
    }

    @Test func `uploaded files that a browser would run are attachments`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for name in ["x.html", "x.htm", "x.HTML", "x.svg", "x.xml", "x.xhtml", "a/b.svg"] {
                try fixture.file("benches/a/1/sites/one.localhost/public/files/\(name)", "<script/>")
                let answer = try await fixture.get("/files/\(name)")
                #expect(answer.status == 200 && answer["Content-Disposition"] == "attachment")
                #expect(answer["X-Content-Type-Options"] == "nosniff" && answer["X-Frame-Options"] == "SAMEORIGIN")
            }
            #expect(try await fixture.get("/files/hello.txt")["Content-Disposition"] == nil)
        }
    }

    @Test func `no symbolic link is followed out of a site`() async throws {
        try await IngressFixture.with { fixture in
            let site = "benches/a/1/sites/one.localhost"
            try fixture.link("\(site)/public/files/host.txt", to: "\(fixture.root)/host-secret.txt")
            try fixture.link("\(site)/public/files/host.html", to: "\(fixture.root)/host-secret.txt")
            try fixture.link("\(site)/public/files/other.txt", to: "../../../two.localhost/private/files/secret.txt")
            try fixture.link("\(site)/public/files/own.txt", to: "../../private/files/secret.txt")
            try fixture.link("\(site)/public/files/dir", to: fixture.root)
            try fixture.link("\(site)/public/files/chain", to: "dir")
            try fixture.link("\(site)/public/root", to: "/")
            try fixture.link("\(site)/private/files/host.txt", to: "\(fixture.root)/host-secret.txt")
            try fixture.link("\(site)/private/files/dir", to: "../../../two.localhost/private/files")
            try fixture.link("assets/new/host.txt", to: "\(fixture.root)/host-secret.txt")
            try fixture.link("assets/new/dir", to: fixture.root)
            try await fixture.apply()
            let paths = [
                "/files/host.txt", "/files/host.html", "/files/other.txt", "/files/own.txt",
                "/files/dir/host-secret.txt", "/files/chain/host-secret.txt", "/root\(fixture.root)/host-secret.txt",
                "/x?accel=/protected/private/files/host.txt", "/x?accel=/protected/private/files/dir/secret.txt",
                "/assets/host.txt", "/assets/dir/host-secret.txt",
            ]
            for path in paths {
                let answer = try await fixture.get(path)
                #expect(!answer.text.contains("secret of"), "\(path)")
                let isOfSite = path.hasPrefix("/files") || path.hasPrefix("/root")
                #expect(answer.status == (isOfSite ? 200 : 404), "\(path)")
            }
        }
    }

    @Test func `neither is one in place of public, of the site, or of the sites directory`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("outside/public/files/secret.txt", "secret of the host")
            try fixture.link("benches/a/1/sites/one.localhost/public", to: "private")
            try fixture.link("benches/a/1/sites/two.localhost", to: "\(fixture.root)/outside")
            try fixture.file("outside/three.localhost/public/files/secret.txt", "secret of the host")
            try fixture.link("benches/b/1/sites", to: "\(fixture.root)/outside")
            try await fixture.apply()
            for host in ["one.localhost", "two.localhost", "three.localhost"] {
                let answer = try await fixture.get("/files/secret.txt", host: host)
                #expect(answer.status == 200 && answer.text.contains("\"server\""), "\(host)")
            }
        }
    }

    @Test func `a pipe or a directory among the files keeps nobody waiting`() async throws {
        try await IngressFixture.with { fixture in
            let files = "\(fixture.root)/benches/a/1/sites/one.localhost/public/files"
            #expect(mkfifo("\(files)/pipe", 0o644) == 0)
            try IngressDisk.makeDirectory("\(files)/directory")
            try await fixture.apply()
            #expect(try await fixture.get("/files/pipe").status == 404)
            #expect(try await fixture.echo("/files/directory").path == "/files/directory")
            #expect(try await fixture.get("/files/hello.txt").status == 200)
        }
    }

    @Test func `what lies beside public is never served, however it is asked for`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("benches/a/1/sites/one.localhost/public/.git/config", "secret of git")
            try fixture.file("benches/a/1/sites/one.localhost/public/files/.env", "secret of env")
            try await fixture.apply()
            let paths = [
                "/private/files/secret.txt", "/site_config.json", "/../site_config.json", "/%2e%2e/site_config.json",
                "/files/../../site_config.json", "/files/..%2f..%2fsite_config.json",
                "/files/%2e%2e%2f%2e%2e/site_config.json",
                "/files../site_config.json", "/files../../private/files/secret.txt", "//private/files/secret.txt",
                "/./private/files/secret.txt", "/assets/../private/files/secret.txt", "/assets../host-secret.txt",
                "/assets/..%2f..%2fhost-secret.txt", "/assets/%2e%2e/%2e%2e/host-secret.txt",
                "/assets/../host-secret.txt",
                "/protected/private/files/secret.txt", "/protected/one.localhost/private/files/secret.txt",
                "/protected/", "/protected/../private/files/secret.txt", "/sites/one.localhost/site_config.json",
                "/one.localhost/site_config.json", "/.git/config", "/files/.env", "/files/..;/private/files/secret.txt",
                "/files/hello.txt/../../../site_config.json", "/files/%5c..%5c..%5csite_config.json",
                "/files/\u{0}../../site_config.json", "/files/%00/../../site_config.json", "/@web", "/@away",
            ]
            for path in paths {
                let answer = try await fixture.get(path)
                #expect(!answer.text.contains("secret of"), "\(path)")
            }
            #expect(try await fixture.echo("/.git/config").path == "/.git/config")
            #expect(try await fixture.echo("/api/resource/Item/.45%20ACP").path == "/api/resource/Item/.45%20ACP")
            #expect(try await fixture.get("/protected/private/files/secret.txt").status == 404)
        }
    }
}

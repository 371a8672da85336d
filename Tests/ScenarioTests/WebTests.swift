import CurlTransport
import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct WebTests {
        @Test(arguments: ["one.localhost", "two.localhost", "books.example.test"])
        func `a site answers under its name and under its domain`(host: String) async throws {
            try await withShop { shop in
                let ping = try await shop.browser(host).get("/api/method/ping")
                #expect(ping.status == 200)
                #expect(ping.text.contains("pong"))
            }
        }

        @Test(arguments: ["unknown.example.test", "127.0.0.1", "one.localhost.evil.test"])
        func `an unknown host gets a page of our own`(host: String) async throws {
            try await withShop { shop in
                let page = try await shop.browser(host).get("/api/method/ping")
                #expect(page.status == 404)
                #expect(page.text.contains("No such site"))
                #expect(!page.text.contains("nginx"))
            }
        }

        @Test func `assets with a hash in their name are immutable, others are not`() async throws {
            try await withShop { shop in
                let browser = shop.browser("one.localhost")
                let page = try await browser.get("/login").text
                let bundle = try #require(
                    page.firstMatch(of: #/\/assets\/frappe\/dist\/css\/desk\.bundle\.\w{8}\.css/#))
                let hashed = try await browser.get(String(bundle.output))
                #expect(hashed.status == 200)
                #expect(hashed.headers["Cache-Control"]?.contains("immutable") == true)
                #expect(hashed.headers["Content-Type"] == "text/css")
                let plain = try await browser.get("/assets/frappe/css/plain.css")
                #expect(plain.status == 200)
                #expect(plain.headers["Cache-Control"]?.contains("immutable") == false)
                #expect(try await browser.get("/assets/frappe/css/missing.css").status == 404)
            }
        }

        @Test func `the administrator logs in and sees what the database holds`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let title = "note \(UInt32.random(in: .min ... .max))"
                #expect(try await browser.post("/api/resource/Note", form: ["title": title]).status == 200)
                #expect(try await browser.get("/app").text.contains(title))
                #expect(try await shop.browser("one.localhost").get("/app").status == 302)
                let other = try await shop.administrator("two.localhost", host: "books.example.test")
                #expect(try await !other.get("/app").text.contains(title))
                let wrong = try await shop.browser("one.localhost").post(
                    "/api/method/login", form: ["usr": "Administrator", "pwd": "admin"])
                #expect(wrong.status == 401)
            }
        }

        @Test func `a job that is enqueued is done`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                for queue in ["short", "default", "long"] {
                    #expect(try await browser.runsJob(queue: queue), "the worker of \(queue) did not do it")
                }
            }
        }

        @Test func `a page is fetched by the site itself, under its public name, from inside its container`()
            async throws
        {
            try await withShop { shop in
                for (site, host) in [("one.localhost", "one.localhost"), ("two.localhost", "books.example.test")] {
                    let browser = try await shop.administrator(site, host: host)
                    let answer = try JSON(try await browser.get("/api/method/printview_url").body).message
                    #expect(answer.status.int == 200, "\(answer)")
                }
            }
        }
    }

    @Suite struct FileTests {
        @Test func `a public file is served to everybody`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let answer = try await browser.upload("hello.txt", Array("hello".utf8), isPrivate: false)
                #expect(answer.status == 200)
                let url = try #require(try JSON(answer.body).message.file_url.string)
                let served = try await shop.browser("one.localhost").get(url)
                #expect(served.status == 200)
                #expect(served.text == "hello")
                #expect(try await shop.browser("two.localhost").get(url).status == 404)
            }
        }

        @Test func `a private file is served to those who are logged in, by nginx`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let answer = try await browser.upload("private.txt", Array("for us".utf8), isPrivate: true)
                let url = try #require(try JSON(answer.body).message.file_url.string)
                let served = try await browser.get(url)
                #expect(served.status == 200)
                #expect(served.text == "for us")
                #expect(served.headers["Accept-Ranges"] == "bytes", "nginx serves it, not Python")
                #expect(try await shop.browser("one.localhost").get(url).status == 403)
                let other = try await shop.administrator("two.localhost")
                #expect(try await other.get(url).status != 200)
                #expect(try await shop.browser("one.localhost").get("/protected\(url)").status == 404)
            }
        }

        @Test func `a file of 50 MB is taken whole, a larger one is refused with a page`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let large = [UInt8](repeating: 0x5a, count: 50 << 20)
                let answer = try await browser.upload("large.bin", large, isPrivate: false)
                #expect(answer.status == 200, "\(answer.text.prefix(300))")
                let message = try JSON(answer.body).message
                #expect(message.file_size.int == large.count)
                let url = try #require(message.file_url.string)
                #expect(try await browser.get(url).body == large)
                let tooLarge = try await browser.upload(
                    "larger.bin", large + [UInt8](repeating: 0, count: 2 << 20), isPrivate: false)
                #expect(tooLarge.status == 413)
                #expect(tooLarge.text.contains("larger than this site accepts"))
                try await shop.exec(
                    try await shop.container(.web).id,
                    ["bash", "-c", "rm -f sites/one.localhost/public/files/large*.bin"])
            }
        }

        /// A hostile app can plant any link in the tree that nginx serves.
        @Test func `no link leads out of a site`() async throws {
            try await withShop { shop in
                let other = try await shop.administrator("two.localhost")
                let theirs = try await other.upload("theirs.txt", Array("secret of two".utf8), isPrivate: true)
                let name = try #require(try JSON(theirs.body).message.file_name.string)
                try shop.write("secret of the host", to: "host-secret.txt")
                let web = try await shop.container(.web).id
                let files = "/home/frappe/frappe-bench/sites/one.localhost/public/files"
                let links = [
                    "host.txt": "\(shop.directory)/host-secret.txt",
                    "theirs.txt": "../../../two.localhost/private/files/\(name)",
                    "config.txt": "../../site_config.json",
                    "directory": "../../../two.localhost/private/files",
                    "root": "/",
                ]
                for (link, target) in links { try await shop.exec(web, ["ln", "-s", target, "\(files)/\(link)"]) }
                let browser = try await shop.administrator("one.localhost")
                let paths =
                    ["host.txt", "theirs.txt", "config.txt", "directory/\(name)"]
                    + ["root\(shop.directory)/host-secret.txt", "root/etc/hostname"]
                for path in paths {
                    let answer = try await browser.get("/files/\(path)")
                    #expect(answer.status >= 400, "/files/\(path) answers \(answer.status)")
                    #expect(!answer.text.contains("secret of"))
                    #expect(!answer.text.contains("db_password"))
                }
                try await shop.exec(web, ["rm"] + links.keys.map { "\(files)/\($0)" })
            }
        }
    }
}

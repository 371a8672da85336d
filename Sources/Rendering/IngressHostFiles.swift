import NginxTemplates

/// Texts for the host's own services: what starts nginx at boot, what rotates its logs, what renews certificates.
package enum IngressHostFiles {
    /// A unit of systemd.
    package static func unit(root: String, prefix: String, nginx: String) throws(IngressRenderingError) -> String {
        try NginxTemplate.unit.rendered([
            "directory": .text(try word(root)), "prefix": .text(try word(prefix)), "nginx": .text(try word(nginx)),
        ])
    }

    /// A file for logrotate.
    package static func logRotation(
        root: String, logs: String, pidFile: String
    ) throws(IngressRenderingError) -> String {
        try NginxTemplate.logRotation.rendered([
            "directory": .text(try word(root)), "logs": .text(try word(logs)), "pidFile": .text(try word(pidFile)),
        ])
    }

    /// A unit of systemd that renews certificates.
    ///
    /// - Parameters:
    ///   - program: the path of frappectl.
    ///   - engine: the path of the Engine's socket.
    package static func renewal(
        root: String, program: String, engine: String
    ) throws(IngressRenderingError) -> String {
        try NginxTemplate.renewal.rendered([
            "directory": .text(try word(root)), "program": .text(try word(program)), "engine": .text(try word(engine)),
        ])
    }

    /// The unit that starts it once a day.
    package static func renewalTimer(root: String) throws(IngressRenderingError) -> String {
        try NginxTemplate.renewalTimer.rendered(["directory": .text(try word(root))])
    }

    /// A path that needs no quotes, neither for systemd nor for logrotate nor for a shell.
    private static func word(_ text: String) throws(IngressRenderingError) -> String {
        let path = try IngressValue.path(text)
        guard path.utf8.allSatisfy({ IngressValue.isWordByte($0) }) else { throw .refused(.path, text) }
        return path
    }
}

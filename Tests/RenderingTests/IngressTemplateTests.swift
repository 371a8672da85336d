import Testing

@testable import Rendering

@Suite struct IngressTemplateTests {
    private static let head = "{{% CONTENT_TYPE:TEXT}}\n"

    @Test func `renders text without escaping`() throws {
        let template = try StrictTemplate(name: "t", text: Self.head + "a {{x}};\n{{#l}}\n<{{y}}{{x}}>\n{{/l}}\n")
        let text = try template.render(["x": .text("<\"&'>"), "l": .list([["y": .text("1")], ["y": .text("2")]])])
        #expect(text == "a <\"&'>;\n<1<\"&'>>\n<2<\"&'>>\n")
    }

    @Test(
        arguments: [
            ("{{x}}", [:], TemplateError.missing(template: "t", name: "x")),
            ("x", ["x": .text("")], .unused(template: "t", name: "x")),
            ("{{#l}}{{y}}{{/l}}", ["l": .list([["y": .text("")], [:]])], .missing(template: "t", name: "y")),
            (
                "{{#l}}{{y}}{{/l}}", ["l": .list([["y": .text(""), "z": .text("")]])],
                .unused(template: "t", name: "z")
            ),
            ("{{#x}}{{/x}}", ["x": .text("")], .wrongKind(template: "t", name: "x")),
            ("{{x}}", ["x": .flag(true)], .wrongKind(template: "t", name: "x")),
            ("{{x}}", ["x": .list([])], .wrongKind(template: "t", name: "x")),
            ("{{^l}}{{y}}{{/l}}", ["l": .list([])], .missing(template: "t", name: "y")),
        ] as [(String, [String: TemplateValue], TemplateError)])
    func `refuses values that do not fit`(text: String, values: [String: TemplateValue], error: TemplateError) throws {
        let template = try StrictTemplate(name: "t", text: Self.head + text)
        #expect(throws: error) { try template.render(values) }
    }

    @Test(arguments: [
        "{{#x}}", "{{/x}}", "{{#x}}{{/y}}", "{{> partial}}", "{{x.y}}", "{{x(y)}}", "{{ x }}", "{{x", "{{}}",
        "{{=<% %>=}}", "{{$block}}{{/block}}",
    ])
    func `refuses templates that say more than names and sections`(text: String) {
        #expect(throws: TemplateError.self) { try StrictTemplate(name: "t", text: Self.head + text) }
    }

    @Test func `refuses a template that would escape for HTML`() {
        #expect(throws: TemplateError.self) { try StrictTemplate(name: "t", text: "{{x}}") }
    }
}

/// What erasing a person takes away and leaves, before somebody confirms it.
struct ErasePage: PageModel {
    static let template = Template.erase

    let personURL: String
    let name: String
    let problem: Said?
    let goes: [String]
    let stays: [String]
    let action: String
    let fields: [FormField]
    let mayErase: Bool
}

extension ErasePage {
    init(person: String, name: String, callCount: Int, identityCount: Int, problem: Said?, mayErase: Bool, words: Words) {
        personURL = SiteURL.person(person)
        self.name = name
        self.problem = problem
        goes = [
            words(\.rights.goesCalls, count: callCount), words(\.rights.goesIdentities, count: identityCount),
            words(\.rights.goesNames), words(\.rights.goesMembership),
        ]
        stays = [
            words(\.rights.staysHashes), words(\.rights.staysDecisions), words(\.rights.staysDigests), words(\.rights.staysBooks),
            words(\.rights.staysAudit),
        ]
        action = SiteURL.erase(person)
        var reason = FormField(
            "reason", words(\.rights.reason), type: "text", value: "", hint: words(\.rights.reasonHint), autocomplete: "off")
        reason.required = false
        let suppress = FormField(
            "suppress", words(\.rights.suppress), type: "text", value: "", hint: words(\.rights.suppressHint),
            options: [
                .init(value: "", label: words(\.rights.welcome), selected: true),
                .init(value: "yes", label: words(\.rights.turnAway), selected: false),
            ])
        fields = [reason, suppress]
        self.mayErase = mayErase
    }
}

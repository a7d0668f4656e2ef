import Model
import Questions

@testable import Console

/// Pages with fixed content, for golden files and for looking at.
struct Fixtures {
    let language: Language
    var theme = Theme.auto
    var words: Words { Words(language) }
    var formats: Formats { Formats(language) }
    var chinese: Bool { language == .chinese }

    static let today = LocalDate(year: 2026, month: 11, day: 22) ?? LocalDate(daysSinceEpoch: 20_000)
    static let calendar = ZoneCalendar(zone: TimeZoneTable(identifier: "Asia/Shanghai", transitions: [], offsets: [28_800]))
    static let now = calendar.start(of: today).advanced(byMicroseconds: 15 * .microsecondsPerHour)

    func frame(_ title: String, _ area: MenuArea? = nil, alone: Bool = false, here: String = "/") -> Frame {
        Frame(
            title: title, language: language, theme: theme, area: area, here: here,
            workspaceName: chinese ? "山水茶行" : "Shanshui Tea",
            member: alone ? nil : chinese ? "陆羽" : "Lu Yu", alone: alone, token: "token")
    }

    // MARK: - Home

    private static func mean(day: Int, hour: Int) -> Double {
        let evening = max(0, 14 - abs(hour - 20))
        let perHour = day > 4 ? 9 : 6
        let noon = hour > 9 && hour < 14 ? 30 : 0
        return Double(evening * perHour + noon)
    }

    var facts: HomeFacts {
        var facts = HomeFacts(
            date: Fixtures.today, today: Fixtures.today, earliest: Fixtures.today.advanced(byDays: -180),
            latest: Fixtures.today, eventCount: 1_003_220)
        facts.roles = RoleCounts(userOnly: 3_164, customerOnly: 1_812, both: 2_405, neither: 12_619)
        facts.formerUsers = 4_310
        facts.newThisWeek = 812
        facts.activeToday = 1_240
        facts.active7Days = 5_220
        facts.active30Days = 11_430
        facts.currency = .cny
        facts.orders = 18_233
        facts.revenue = [Money(minorUnits: 412_345_600, currency: .cny)]
        facts.refunds = [Money(minorUnits: 8_120_050, currency: .cny)]
        facts.medianDaysToPay = 4.3
        facts.usersEver = 9_879
        facts.usersWhoPaid = 4_012
        facts.newByWeek = (0 ..< 16).map { week in
            (Fixtures.today.monday.advanced(byDays: 7 * (week - 15)), 700 + (week * 37) % 260 + (week == 9 ? 540 : 0))
        }
        facts.activeByDay = (0 ..< 60).map { day in
            let wave = [0, 40, 70, 60, 20, 260, 310][day % 7]
            return .init(
                date: Fixtures.today.advanced(byDays: day - 59), day: 980 + wave + day * 3, week: 4_700 + day * 9,
                month: 10_100 + day * 22)
        }
        facts.activeByHour = (0 ..< 7).map { day in (0 ..< 24).map { hour in Fixtures.mean(day: day, hour: hour) } }
        facts.activeQuestion = #"{"kind":"trend"}"#
        facts.revenueByWeek = (0 ..< 16).map { week in
            .init(
                week: Fixtures.today.monday.advanced(byDays: 7 * (week - 15)),
                fromUsers: Int64(12_000_000 + (week * 911) % 7_000_000),
                fromOthers: Int64(6_000_000 + (week * 1_713_131) % 5_000_000))
        }
        facts.funnel = .init(
            steps: [("Product Viewed", 9_410), ("Product Added", 3_120), ("Checkout Started", 1_804), ("Order Completed", 1_377)],
            question: #"{"kind":"funnel"}"#)
        facts.voice = .init(
            count: 1_204, average: 4.31, ratings: [41, 60, 122, 310, 671],
            quotes: [
                .init(
                    text: chinese ? "香气很足，第三泡最好。" : "Full of scent; the third steeping is the best.", rating: 5,
                    name: chinese ? "苏小小" : "Su Xiaoxiao", personURL: "/people/p_1a", when: chinese ? "2 小时前" : "2 hours ago"),
                .init(
                    text: "<script>alert(1)</script> \u{202E}drawkcab", rating: 2, name: "Robert'); DROP TABLE people;--",
                    personURL: "/people/p_2b", when: chinese ? "昨天" : "yesterday"),
            ])
        return facts
    }

    var home: HomePage { HomePage(facts, words, formats) }

    var emptyHome: HomePage {
        let facts = HomeFacts(
            date: Fixtures.today, today: Fixtures.today, earliest: Fixtures.today, latest: Fixtures.today, eventCount: 0)
        return HomePage(facts, words, formats)
    }

    var sparseHome: HomePage {
        let day = Fixtures.today.advanced(byDays: -90)
        var facts = HomeFacts(date: Fixtures.today, today: Fixtures.today, earliest: day, latest: day, eventCount: 3)
        facts.roles = RoleCounts(userOnly: 0, customerOnly: 0, both: 0, neither: 1)
        facts.newThisWeek = 1
        facts.currency = .cny
        return HomePage(facts, words, formats)
    }

    // MARK: - People

    var people: PeopleListPage {
        let user = TagItem(kind: "user", label: words(\.common.user))
        let customer = TagItem(kind: "customer", label: words(\.common.customer))
        let former = TagItem(kind: "", label: words(\.common.formerUser))
        let rows: [(String, String, [TagItem], String, String, String)] = [
            (chinese ? "苏小小" : "Su Xiaoxiao", "u-10021 · su@example.com", [user, customer], "3", "1,204", "¥8,420.50"),
            (chinese ? "访客" : "Unnamed visitor", "4f1d0c1e-8a64-4b0e-a52b-55d0f0f4d9c7", [], "11", "7", ""),
            ("<img src=x onerror=alert(1)>", "u-666 · \u{202E}moc.elpmaxe@live", [customer], "40", "3", "¥128"),
            ("Zoë Ångström-Fitzgerald de la Cruz y Montoya", "zoe@example.com · +44 20 7946 0000 · +2", [former], "59", "88", ""),
        ]
        return PeopleListPage(
            search: "", cell: nil, purposes: [.init(name: "ads", selected: false), .init(name: "mail.<b>", selected: true)],
            hasPurposes: true,
            filters: [
                .init(url: "/people", label: words(\.people.everybody), styleClass: nil, count: "20,000", current: true),
                .init(
                    url: "/people?cell=user_only", label: words(\.common.userOnly), styleClass: "c-user", count: "3,164",
                    current: false),
                .init(url: "/people?cell=both", label: words(\.common.both), styleClass: "c-both", count: "2,405", current: false),
                .init(
                    url: "/people?cell=customer_only", label: words(\.common.customerOnly), styleClass: "c-customer",
                    count: "1,812",
                    current: false),
                .init(
                    url: "/people?cell=neither", label: words(\.common.neither), styleClass: "c-quiet", count: "12,619",
                    current: false),
            ], problem: nil, found: words(\.people.found, count: 20_000),
            rows: rows.enumerated().map { index, row in
                .init(
                    url: "/people/p_\(index)", name: row.0, identities: row.1, roles: row.2,
                    lastSeen: words(\.common.minutesAgo, count: Int(row.3)), events: row.4, spent: row.5)
            }, hasRows: true, firstURL: nil, nextURL: "/people?cursor=x", csvURL: "/people?csv=people", emptyTitle: "",
            emptyText: "")
    }

    var noPeople: PeopleListPage {
        PeopleListPage(
            search: "<b>", cell: nil, purposes: [], hasPurposes: false, filters: [], problem: nil, found: "", rows: [],
            hasRows: false, firstURL: nil, nextURL: nil, csvURL: "/people?csv=people", emptyTitle: words(\.people.noneFound),
            emptyText: words(\.people.noneFoundHow, ["search": "<b>"]))
    }

    var portrait: PortraitPage {
        let figures = PortraitFigures(words: words, formats: formats, person: "p_1a")
        let weeks = (0 ..< 26).map { week in
            (
                monday: Fixtures.today.monday.advanced(byDays: 7 * (week - 25)), events: [0, 3, 12, 30, 8, 17, 0, 44][week % 8],
                visits: [0, 1, 2, 4, 1, 3, 0, 5][week % 8]
            )
        }
        let start = Fixtures.calendar.start(of: weeks[0].monday)
        let orders: [(at: Instant, title: String)] = [20, 64, 65, 120, 171].map { day in
            (start.advanced(byMicroseconds: Int64(day) * .microsecondsPerDay), "¥\(day * 3).50")
        }
        let visits = weeks.filter { $0.visits > 0 }.map {
            (at: Fixtures.calendar.start(of: $0.monday), title: words(\.portrait.visitsInWeek, count: $0.visits))
        }
        return PortraitPage(
            name: chinese ? "苏小小" : "Su Xiaoxiao", initial: chinese ? "苏" : "S", sealKind: "customer",
            roleTags: [
                TagItem(kind: "user", label: words(\.common.user)), TagItem(kind: "customer", label: words(\.common.customer)),
            ],
            stats: [
                Stat(label: words(\.portrait.spent), value: "¥8,420.50", note: words(\.portrait.refunded, ["amount": "¥128"])),
                Stat(label: words(\.portrait.orders), value: "14"), Stat(label: words(\.portrait.visits), value: "96"),
                Stat(label: words(\.portrait.events), value: "1,204"),
                Stat(label: words(\.portrait.firstSeen), value: formats.date(weeks[0].monday)),
            ],
            figures: [
                figures.weeks(weeks),
                figures.life(visits: visits, orders: orders, start: start, end: Fixtures.now, calendar: Fixtures.calendar),
            ],
            sessions: sessions, newerURL: nil, olderURL: "/people/p_1a?cursor=x",
            identities: [
                .init(
                    kind: words(\.portrait.kindAnonymousID), value: "4f1d0c1e-8a64-4b0e-a52b-55d0f0f4d9c7",
                    why: words(\.portrait.whyArrived, ["date": formats.date(weeks[0].monday)])),
                .init(
                    kind: words(\.portrait.kindUserID), value: "u-10021",
                    why: words(\.portrait.whyIdentify, ["date": formats.date(weeks[1].monday)])),
                .init(
                    kind: words(\.portrait.kindEmail), value: "su@example.com",
                    why: words(\.portrait.whyShared, ["date": formats.date(weeks[1].monday)])),
            ],
            identityURL: "/people/identity?person=p_1a",
            roles: [
                .init(
                    kind: "user", label: words(\.common.user),
                    evidence: [
                        words(\.portrait.since, ["date": formats.date(weeks[20].monday)]),
                        words(\.portrait.userWhy, ["date": formats.shortDate(weeks[25].monday)], count: 5),
                    ]),
                .init(
                    kind: "customer", label: words(\.common.customer),
                    evidence: [words(\.portrait.customerWhy, ["date": formats.date(weeks[3].monday)]) + " · A-2048 · ¥128"]),
            ],
            stage: .init(
                name: words(\.stages.fan), since: words(\.portrait.since, ["date": formats.date(weeks[22].monday)]),
                moves: [
                    .init(
                        to: words(\.stages.fan), date: formats.date(weeks[22].monday), why: "Order <b>Completed</b>",
                        url: "/people/p_1a/events/9"),
                    .init(
                        to: words(\.stages.lapsed), date: formats.date(weeks[19].monday), why: words(\.stages.byTime), url: nil),
                ]), stageProblem: nil,
            accounts: [
                .init(
                    url: "/accounts/acme", name: "山水科技",
                    why: words(\.portrait.accountSince, ["date": formats.date(weeks[4].monday)]))
            ],
            hasAccounts: true,
            relationships: [
                .init(
                    kind: words(\.portrait.relatedTo, ["role": words(\.portrait.payer)]), name: "<i>苏小妹</i>", url: "/people/p_2a",
                    why: words(\.portrait.derivedRelationship),
                    evidence: [PageLink(url: "/people/p_1a/events/7", label: words(\.portrait.raw))]),
                .init(
                    kind: words(\.portrait.relatedTo, ["role": words(\.portrait.decider)]), name: "山水科技", url: nil,
                    why: words(\.portrait.declaredRelationship), evidence: []),
            ], hasRelationships: true, moreRelationships: words(\.portrait.moreRelationships, count: 3),
            traits: [
                .init(key: "name", value: "苏小小"), .init(key: "city", value: "杭州"), .init(key: "plan", value: "gold"),
                .init(key: "<b>\u{202E}key", value: "</script>"),
            ], hasTraits: true, exportURL: "/people/p_7/export", eraseURL: "/people/p_7/erase",
            computedTraits: computedTraits, hasComputedTraits: true, consents: consents,
            hasConsents: true,
            consentForm: consentWriter.recordForm(["analytics", "marketing.email"], person: "p_1a", given: [:], problem: nil))
    }

    private var computedTraits: [PortraitPage.ComputedTrait] {
        let rules: [(String, JSONValue, JSONValue)] = [
            (
                "spent", 8_420.5,
                ["selector": ["event": "Order Completed"], "measure": "sum", "property": "revenue", "window": "90d"]
            ),
            (
                "<b>\u{202E}teas", ["</script>", "龙井"],
                [
                    "selector": ["any": true, "where": ["property": "v", "op": "exists"]], "measure": "uniqueList",
                    "property": "<i>",
                ]
            ),
        ]
        let writer = ComputedTraitWords(words: words, formats: formats)
        return rules.compactMap { key, value, rule in
            guard let trait = try? ComputedTrait(key: key, rule: rule) else { return nil }
            return .init(key: key, value: writer.value(value), rule: writer.rule(trait))
        }
    }

    var erase: ErasePage {
        ErasePage(
            person: "p_7", name: "<i>苏小小\u{202E}</i>", callCount: 1_204, identityCount: 3,
            problem: words("The reason is kept, so it must not name the person. Leave the identity out."), mayErase: true,
            words: words)
    }

    private var sessions: [PortraitPage.Session] {
        let source = SourceID(text: "src_web")
        let start = Fixtures.now.advanced(byMicroseconds: -2 * .microsecondsPerHour)
        func call(
            _ minute: Int64, _ type: CallType, _ event: String?, name: String? = nil, _ properties: JSONValue,
            traits: JSONValue = [:]
        )
            -> (call: Call, arrival: UInt64)
        {
            let at = start.advanced(byMicroseconds: minute * .microsecondsPerMinute)
            return (
                Call(
                    type: type, messageID: "m\(minute)", timestamp: at, receivedAt: at, userID: "u-10021", event: event, name: name,
                    properties: properties, traits: traits, source: source), UInt64(minute + 1)
            )
        }
        let calls = [
            call(19, .track, "Order Completed", ["order_id": "A-2048", "revenue": 128.5, "currency": "CNY", "gift": true]),
            call(12, .track, "Product Added", ["product_id": "longjing", "name": "西湖龙井 2026", "price": 128.5, "quantity": 1]),
            call(9, .identify, nil, [:], traits: ["name": "苏小小", "city": "杭州", "address": ["street": "南山路 1", "door": 7]]),
            call(8, .track, "Product Viewed", ["product_id": "longjing", "name": "西湖龙井 2026"]),
            call(2, .track, "<script>alert('x')</script>", ["query": "\u{202E}gnol \u{7}bell"]),
            call(0, .page, "page", name: chinese ? "首页" : "Front page", ["path": "/", "url": "https://tea.example/"]),
        ]
        let words = EventWords(words: words)
        let day = Fixtures.today
        return [
            .init(
                start: start.rfc3339, head: "\(formats.date(day)), \(formats.weekday(day)) 13:00",
                summary: self.words(\.portrait.eventsCount, count: 6) + " · " + formats.duration(seconds: 1_140),
                events: words.events(calls, person: "p_1a", formats, Fixtures.calendar)),
            .init(
                start: start.rfc3339,
                head: "\(formats.date(day.advanced(byDays: -3))), \(formats.weekday(day.advanced(byDays: -3))) 20:41",
                summary: self.words(\.portrait.eventsCount, count: 2),
                events: words.events(Array(calls.suffix(2)), person: "p_1a", formats, Fixtures.calendar)),
        ]
    }

    var event: EventPage {
        EventPage(
            personURL: "/people/p_1a", personName: chinese ? "苏小小" : "Su Xiaoxiao", title: "Order Completed",
            when: formats.dateTime(Fixtures.now, Fixtures.calendar),
            facts: [
                .init(key: words(\.portrait.type), value: "track"),
                .init(key: words(\.portrait.received), value: formats.dateTime(Fixtures.now, Fixtures.calendar)),
            ], json: "{\n  \"type\": \"track\",\n  \"event\": \"Order Completed </pre><script>\"\n}")
    }

    // MARK: - Live, Ask

    var liveRows: LiveRows {
        LiveRows(
            stats: [
                Stat(label: words(\.live.taken), value: "12,044"), Stat(label: words(\.live.duplicates), value: "31"),
                Stat(label: words(\.live.refusedCount), value: "4"), Stat(label: words(\.live.inTotal), value: "1,003,220"),
            ],
            rows: [
                .init(
                    refused: false, timestamp: "", time: "15:00:02", kind: "track", title: "Product Viewed", note: nil,
                    who: "u-10021",
                    personURL: "/people/p_1a", source: "Website"),
                .init(
                    refused: true, timestamp: "", time: "15:00:01", kind: "track", title: "<b>", note: "missing_identity: …",
                    who: words(\.live.nobody), personURL: nil, source: "Website"),
                .init(
                    refused: false, timestamp: "", time: "14:59:58", kind: "page", title: "page", note: nil,
                    who: "4f1d0c1e-8a64-4b0e-a52b-55d0f0f4d9c7", personURL: nil, source: "Website"),
            ],
            rejections: [
                .init(
                    code: "missing_identity", words: words(RefusalTexts.words(for: "missing_identity")),
                    reason: words(
                        kept: "The call says of nobody: it has neither userId nor anonymousId. Send at least one of them."),
                    place: "/batch/3",
                    payload: "{\"type\":\"track\",\"event\":\"<b>\"}", source: "Website",
                    last: words(\.common.minutesAgo, count: 4),
                    count: "12")
            ], hasRejections: true)
    }

    var quietLive: LiveRows { LiveRows(stats: [], rows: [], rejections: [], hasRejections: false) }

    func live(fragment: String) -> LivePageModel {
        LivePageModel(
            selfURL: "/live", fragmentURL: "/live/rows",
            filters: [
                .init(url: "/live", label: words(\.live.allSources), current: true),
                .init(url: "/live?source=x", label: "Website", current: false),
            ], hasFilters: true, fragment: fragment)
    }

    var ask: AskPage {
        let rows: [JSONValue] = (0 ..< 30).map { day in
            [
                "bucket": .string(Fixtures.today.advanced(byDays: day - 29).text),
                "values": [.int(Int64(900 + day * 7)), .int(Int64(4_000 + day * 20))],
            ]
        }
        let question: JSONValue = [
            "kind": "trend",
            "series": [["selector": ["any": true], "measure": "dau"], ["selector": ["any": true], "measure": "wau"]],
        ]
        let view = AnswerView(
            ["kind": "trend", "question": question, "rows": .array(rows)], words: words, formats: formats, question: question.text,
            isInWords: false)
        return AskPage(
            examples: [PageLink(url: "/ask?q=x", label: words(\.ask.exampleTrend))], question: question.prettyText, rows: 12,
            problem: nil,
            answer: .init(
                note: words(\.ask.note, ["events": "1,003,220", "milliseconds": "8.2", "watermark": "15:00"]), figure: view.figure,
                plain: nil,
                csvURL: "/ask?csv", json: "{}", curl: "curl …"))
    }

    var askProblem: AskPage {
        let what: Wording = "The expression \"\("tag")\""
        return AskPage(
            examples: [], question: #"{"kind": "count", "who": {"tag": "vip"}}"#, rows: 6,
            problem: .init(
                lead: words(\.ask.notBuilt), place: "/who/tag", said: words("\(what) is not built yet in this version.")),
            answer: nil)
    }

    // MARK: - Setup, settings, errors

    var owner: FormPage {
        var fields = [
            FormField("name", words(\.setup.yourName), value: "Lu Yu \"<b>", autocomplete: "name"),
            FormField("email", words(\.common.email), type: "email", autocomplete: "username"),
            FormField("password", words(\.setup.newPassword), type: "password", hint: words(\.setup.passwordRule), minLength: 10),
        ]
        fields[2].error = words(\.errors.weakPassword, ["rule": words(\.setup.passwordRule)])
        let steps = [\Catalogue.setup.stepOwner, \.setup.stepWorkspace, \.setup.stepSource, \.setup.stepEvent].enumerated().map {
            StepItem(label: words($1), done: false, current: $0 == 0)
        }
        return FormPage(
            title: words(\.setup.ownerTitle), intro: words(\.setup.ownerIntro), action: "/setup",
            button: words(\.setup.createOwner),
            fields: fields, steps: steps)
    }

    var signIn: FormPage {
        var page = FormPage(
            title: words(\.setup.signInTitle), intro: words(\.setup.signInIntro), action: "/sign-in", button: words(\.setup.signIn),
            fields: [
                FormField("email", words(\.common.email), type: "email", autocomplete: "username"),
                FormField("password", words(\.common.password), type: "password", autocomplete: "current-password"),
            ])
        page.problem = words(\.setup.badCredentials)
        return page
    }

    func ready(fragment: String) -> SourceReadyPage {
        SourceReadyPage(
            title: words(\.setup.readyTitle), intro: words(\.setup.readyIntro),
            steps: [StepItem(label: words(\.setup.stepEvent), done: false, current: true)],
            key: "wk_4k7dq2m9x0c3b8ha4k7dq2m9x0c3b8ha",
            snippets: Snippets.all(address: "https://tea.example", key: "wk_4k7d", words: words),
            source: SourceID(text: "so_4k7d"), fragment: fragment)
    }

    var waiting: WaitingPiece { .init(arrived: false, title: words(\.setup.waitingTitle), text: words(\.setup.waitingText)) }

    var settings: SettingsPage {
        var page = SettingsPage(
            tabs: [
                .init(url: "/settings", label: words(\.settings.workspace), current: false),
                .init(url: "/settings/sources", label: words(\.settings.sources), current: true),
            ],
            sections: [
                .init(
                    title: words(\.settings.sources),
                    sources: [
                        .init(
                            name: "Website <b>", kind: words(\.settings.kindBrowser), last: words(\.settings.noEventSinceStart),
                            keys: [
                                .init(
                                    prefix: "wk_4k7dq2", made: formats.date(Fixtures.today), used: words(\.common.never),
                                    revokeURL: "/settings/keys/key_1/revoke", revoked: nil),
                                .init(
                                    prefix: "wk_000000", made: formats.date(Fixtures.today), used: words(\.common.never),
                                    revokeURL: nil,
                                    revoked: words(\.settings.revoked)),
                            ], rotateURL: "/settings/sources/src_1/rotate", snippetURL: "/settings/sources/src_1")
                    ]),
                .init(
                    title: words(\.settings.members),
                    members: .init(rows: [
                        .init(name: "Lu Yu", email: "lu@example.com", role: words(\.settings.owner), removeURL: nil),
                        .init(name: "Robert'); --", email: "r@example.com", role: words(\.settings.analyst), removeURL: "/x"),
                    ])),
                .init(
                    title: words(\.settings.newSource),
                    form: .init(
                        action: "/settings/sources", button: words(\.setup.createSource),
                        fields: [
                            FormField("name", words(\.setup.sourceName)),
                            FormField(
                                "kind", words(\.setup.sourceKind),
                                options: [
                                    .init(value: "browser", label: words(\.setup.kindBrowser), selected: true),
                                    .init(value: "server", label: words(\.setup.kindServer), selected: false),
                                ]),
                        ])),
            ])
        page.newKey = .init(title: words(\.settings.newKeyFor, ["name": "Website"]), key: "wk_4k7dq2m9x0c3b8ha")
        return page
    }

    /// Three stages of a workspace's own, one of them wrong, and what the others would change.
    var stageSettings: StageSettingsPage {
        let writer = StageSettingsWriter(words: words, formats: formats, mayChange: true)
        let standard = StageDraft.drafts(of: .standard)
        let drafts = [
            standard[0], StageDraft(name: "</textarea><script>alert(1)</script>", rule: "{\"everyone\": 1}"), standard[3],
        ]
        let preview = StagePreview(cells: [
            .init(from: "attention", to: "attention", count: 1_204), .init(from: "attention", to: nil, count: 3),
            .init(from: "use", to: "attention", count: 97), .init(from: "pay", to: "pay", count: 410),
        ])
        let tabs: [SettingsPage.Tab] = [
            .init(url: "/settings", label: words(\.settings.workspace), current: false),
            .init(url: "/settings/stages", label: words(\.stages.settings), current: true),
        ]
        return writer.page(
            drafts, isStandard: false, tabs: tabs, preview: preview, names: ["attention", "use", "pay"],
            problem: Problem(
                .badQuestion, "\("true") was expected, not \("the number \("1")" as Wording).", place: "/stages/1/rule/everyone"))
    }

    var error: ErrorPage {
        .init(code: 404, title: words(\.errors.notFoundTitle), said: Said(text: words(\.errors.notFoundText)))
    }
}

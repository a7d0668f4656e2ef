import Model

/// The figures of a portrait, from plain numbers.
struct PortraitFigures {
    let words: Words
    let formats: Formats
    let person: String

    /// Activity by week as a sparkline.
    func weeks(_ weeks: [(monday: LocalDate, events: Int, visits: Int)]) -> Figure {
        let heads = weeks.map { week in
            [
                words(\.common.weekOf, ["date": formats.date(week.monday)]), words(\.portrait.visitsInWeek, count: week.visits),
                words(\.portrait.eventsCount, count: week.events),
            ].joined(separator: "\n")
        }
        let spark = Sparkline(values: weeks.map { Double($0.events) }, heads: heads, height: 62)
        let summary = words(\.portrait.weeksSummary, count: weeks.count)
        return Figure(
            id: "weeks", title: words(\.portrait.weeks), summary: summary, svg: spark.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.week), false), (words(\.portrait.visits), true), (words(\.portrait.events), true)],
                rows: weeks.map {
                    [
                        .init(formats.date($0.monday), raw: $0.monday.text, numeric: false),
                        .init(formats.number($0.visits), raw: String($0.visits), numeric: true),
                        .init(formats.number($0.events), raw: String($0.events), numeric: true),
                    ]
                }), csvURL: SiteURL.person(person, csv: "weeks"))
    }

    /// Visits by week and orders on a line of time from `start` to `end`.
    func life(
        visits: [(at: Instant, title: String)], orders: [(at: Instant, title: String)], start: Instant, end: Instant,
        calendar: ZoneCalendar
    ) -> Figure {
        let span = Double(max(end.microseconds(since: start), 1))
        func marks(_ items: [(at: Instant, title: String)], lane: Int) -> [TimelineChart.Mark] {
            items.map {
                .init(position: min(max(Double($0.at.microseconds(since: start)) / span, 0), 1), lane: lane, title: $0.title)
            }
        }
        let chart = TimelineChart(
            lanes: [
                .init(name: words(\.portrait.laneVisits), style: .user),
                .init(name: words(\.portrait.laneOrders), style: .customer),
            ],
            marks: marks(visits, lane: 0) + marks(orders, lane: 1),
            labels: [
                (0, formats.date(calendar.date(at: start))), (1, formats.date(calendar.date(at: end))),
            ])
        let summary = words(\.portrait.lifeSummary)
        let rows = (visits.map { ($0, words(\.portrait.laneVisits)) } + orders.map { ($0, words(\.portrait.laneOrders)) })
            .sorted { $0.0.at < $1.0.at }
        return Figure(
            id: "life", title: words(\.portrait.life), summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.day), false), ("", false), (words(\.common.value), false)],
                rows: rows.map { item, lane in
                    [
                        .init(formats.dateTime(item.at, calendar), raw: calendar.rfc3339(item.at), numeric: false), .text(lane),
                        .text(item.title.split(separator: "\n").last.map(String.init) ?? ""),
                    ]
                }), csvURL: SiteURL.person(person, csv: "life"))
    }
}

extension EventWords {
    /// The calls of one session as rows.
    func events(
        _ calls: [(call: Call, arrival: UInt64)], person: String, _ formats: Formats, _ calendar: ZoneCalendar
    )
        -> [PortraitPage.Event]
    {
        calls.map { call, arrival in
            let value = call.type == .identify || call.type == .group ? call.traits : call.properties
            let (facts, left) = EventWords.facts(value, limit: 24)
            return PortraitPage.Event(
                timestamp: call.timestamp.rfc3339, time: formats.time(call.timestamp, calendar), pin: pin(call), title: title(call),
                note: note(call), properties: facts, more: left > 0 ? words(\.portrait.moreProperties, count: left) : nil,
                hasDetail: !facts.isEmpty, rawURL: SiteURL.event(person, arrival: arrival))
        }
    }

    /// What a type of identity is called.
    func kind(_ type: IdentityType) -> String {
        switch type {
        case .userID: words(\.portrait.kindUserID)
        case .anonymousID: words(\.portrait.kindAnonymousID)
        case .email: words(\.portrait.kindEmail)
        case .phone: words(\.portrait.kindPhone)
        case .wechatUnionID: words(\.portrait.kindUnionID)
        case .wechatOpenID: words(\.portrait.kindOpenID)
        case .deviceID: words(\.portrait.kindDevice)
        case .productCode: words(\.portrait.kindProduct)
        default: type.text
        }
    }
}

import Model
import Records
import Workspaces

/// Draws how far people come in a form.
struct RegistrationWriter {
    let words: Words
    let formats: Formats

    func item(_ form: RegistrationForm, _ progress: RegistrationProgress, mayChange: Bool) -> RegistrationPage.Item {
        RegistrationPage.Item(
            figure: figure(form, progress), nextPath: "/api/v1/forms/\(form.id)/next?person=user_id:…",
            changeURL: mayChange && TypedSteps.canWrite(form.steps) ? SiteURL.registration(change: form.id.text) : nil,
            deleteURL: mayChange ? SiteURL.formDeletion(form.id) : nil)
    }

    private func figure(_ form: RegistrationForm, _ progress: RegistrationProgress) -> Figure {
        let everybody = progress.steps.first?.reached ?? 0
        func url(_ who: JSONValue) -> String { SiteURL.audience(["who": who], back: SiteURL.registration()) }
        func bar(_ label: String, _ count: Int) -> FunnelChart.Step {
            FunnelChart.Step(
                label: label, count: Double(count), countText: formats.number(count),
                shareText: formats.percent(count, of: everybody), lossText: nil)
        }
        var bars = [bar(words(\.people.everybody), everybody)]
        for (index, step) in progress.steps.enumerated() {
            var one = bar(step.step.name, step.finished)
            one.lossText = words(\.registration.stopped, count: step.dropped)
            one.url = url(form.finished(index))
            one.lossURL = url(form.dropped(index))
            bars.append(one)
        }
        let summary = words(\.registration.chartSummary, ["name": form.name])
        return Figure(
            id: form.id.text, title: form.name, summary: summary,
            svg: FunnelChart(steps: bars, startsWithEverybody: true).svg(summary: summary),
            table: table(progress), csvURL: SiteURL.registration(csv: form.id.text))
    }

    private func table(_ progress: RegistrationProgress) -> FigureTable {
        func cell(_ count: Int) -> FigureTable.Cell { .init(formats.number(count), raw: String(count), numeric: true) }
        return FigureTable(
            headers: [
                (words(\.registration.step), false), (words(\.registration.asked), false), (words(\.registration.reached), true),
                (words(\.registration.finished), true), (words(\.registration.stoppedHere), true),
            ],
            rows: progress.steps.map { step in
                [
                    .text(step.step.name), .text(step.step.traits.joined(separator: ", ")), cell(step.reached),
                    cell(step.finished), cell(step.dropped),
                ]
            })
    }
}

/// Steps as they are typed: a name, a colon and keys of traits on each line.
enum TypedSteps {
    /// The steps, or the number of the first line that is none; empty lines are passed over.
    static func read(_ text: String) -> Result<[RegistrationForm.Step], BadLine> {
        var steps: [RegistrationForm.Step] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.allSatisfy(\.isWhitespace) { continue }
            guard let colon = line.firstIndex(where: { $0 == ":" || $0 == "：" }) else {
                return .failure(BadLine(number: index + 1))
            }
            let traits = line[line.index(after: colon)...].split { ",，、".contains($0) }.map(\.trimmed).filter { !$0.isEmpty }
            if traits.isEmpty { return .failure(BadLine(number: index + 1)) }
            steps.append(RegistrationForm.Step(name: line[..<colon].trimmed, traits: traits))
        }
        return .success(steps)
    }

    /// What ``read(_:)`` reads as these steps, where there is such a text.
    static func text(_ steps: [RegistrationForm.Step]) -> String {
        steps.map { "\($0.name): \($0.traits.joined(separator: ", "))" }.joined(separator: "\n")
    }

    /// Whether steps can be typed: programs may have made some whose names hold colons or commas.
    static func canWrite(_ steps: [RegistrationForm.Step]) -> Bool { read(text(steps)) == .success(steps) }

    struct BadLine: Error, Hashable {
        let number: Int
    }
}

import Testing

@testable import Console

#if canImport(Glibc)
import Glibc
#endif

/// Contrast of the sheet's own colours, read from the sheet (WCAG 2.2, 1.4.3 and 1.4.11).
struct PaletteTests {
    enum Mode: Int, CaseIterable { case light = 0, dark = 1 }

    @Test("Text reaches 4.5 to 1 on every ground it stands on", arguments: Mode.allCases)
    func text(mode: Mode) throws {
        for ground in ["paper", "surface"] {
            for ink in ["ink", "ink-2", "ink-3", "leaf", "amber", "brick"] { try expect(ink, on: ground, atLeast: 4.5, mode) }
        }
        try expect("leaf", on: "leaf-soft", atLeast: 4.5, mode)
        try expect("amber", on: "amber-soft", atLeast: 4.5, mode)
        try expect("brick", on: "brick-soft", atLeast: 4.5, mode)
        try expect("on-leaf", on: "leaf", atLeast: 4.5, mode)
        try expect("ink-2", on: "sunken", atLeast: 4.5, mode)
        try expect("ink-3", on: "sunken", atLeast: 4.5, mode)
        try expect("paper", on: "ink", atLeast: 4.5, mode)
    }

    @Test("Marks of charts and borders of fields reach 3 to 1", arguments: Mode.allCases)
    func marks(mode: Mode) throws {
        for ground in ["paper", "surface"] {
            for style in ChartStyle.allCases { try expect(style.rawValue, on: ground, atLeast: 3, mode) }
            try expect("line-strong", on: ground, atLeast: 3, mode)
        }
    }

    @Test("Series stay apart for colour-blind eyes", arguments: Mode.allCases)
    func colourBlind(mode: Mode) throws {
        let pairs: [(ChartStyle, ChartStyle)] = [(.user, .customer), (.both, .customer), (.user, .third), (.customer, .third)]
        for (first, second) in pairs {
            let (left, right) = (try colour(first.rawValue, mode), try colour(second.rawValue, mode))
            for simulate in [Self.deuteranopia, Self.protanopia] {
                let distance = zip(simulate(left), simulate(right)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
                #expect(distance > 0.09, "\(first) and \(second): \(distance)")
            }
        }
    }

    private func expect(_ ink: String, on ground: String, atLeast least: Double, _ mode: Mode) throws {
        let levels = [try luminance(colour(ink, mode)), try luminance(colour(ground, mode))].sorted()
        let ratio = (levels[1] + 0.05) / (levels[0] + 0.05)
        #expect(ratio >= least, "\(ink) on \(ground), \(mode): \(ratio)")
    }

    /// The colour `--name` of the sheet, 0…1 each.
    private func colour(_ name: String, _ mode: Mode) throws -> [Double] {
        let sheet = String(decoding: Asset.styles.bytes, as: UTF8.self)
        let pattern = try Regex("--\(name): light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)")
        let match = try #require(sheet.firstMatch(of: pattern), "--\(name)")
        let hex = String(try #require(match.output[mode.rawValue + 1].substring))
        let value = try #require(Int(hex, radix: 16))
        return [value >> 16 & 255, value >> 8 & 255, value & 255].map { Double($0) / 255 }
    }

    private func luminance(_ colour: [Double]) -> Double {
        let linear = colour.map(Self.linear)
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    private static func linear(_ value: Double) -> Double { value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }

    /// Viénot, Brettel, Mollon (1999), in linear light.
    private static func deuteranopia(_ colour: [Double]) -> [Double] {
        let c = colour.map(linear)
        let yellow = 0.293_4 * c[0] + 0.706_6 * c[1]
        return [yellow, yellow, -0.021_8 * c[0] + 0.021_8 * c[1] + c[2]]
    }

    private static func protanopia(_ colour: [Double]) -> [Double] {
        let c = colour.map(linear)
        let yellow = 0.112_4 * c[0] + 0.887_6 * c[1]
        return [yellow, yellow, 0.004_0 * c[0] - 0.004_0 * c[1] + c[2]]
    }
}

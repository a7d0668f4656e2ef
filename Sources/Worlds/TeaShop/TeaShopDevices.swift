/// The kinds of device that people come with, and the part of `context` that each sends.
enum TeaDeviceKind: UInt8, Sendable, CaseIterable {
    case iPhone, android, weChat, mobileChrome, desktopChrome, desktopSafari, desktopEdge, tablet

    /// Apps send `screen` calls, browsers `page` calls.
    var isApp: Bool { self == .iPhone || self == .android || self == .tablet }

    /// How often a Chinese or other person has it first, in thousandths.
    static let chineseWeights = [210, 260, 240, 60, 110, 40, 50, 30]
    static let foreignWeights = [190, 110, 5, 140, 230, 190, 95, 40]

    /// Members of `context` without braces: library, device, system and user agent.
    var contextMembers: StaticString {
        switch self {
        case .iPhone:
            #""library":{"name":"analytics-swift","version":"1.9.1"},"app":{"name":"Teahouse","version":"4.2.0","build":"420"},"device":{"type":"ios","manufacturer":"Apple","model":"iPhone15,3"},"os":{"name":"iOS","version":"18.5"},"screen":{"width":393,"height":852}"#
        case .android:
            #""library":{"name":"analytics-kotlin","version":"1.19.2"},"app":{"name":"Teahouse","version":"4.2.1","build":"421"},"device":{"type":"android","manufacturer":"Xiaomi","model":"23127PN0CC"},"os":{"name":"Android","version":"15"},"screen":{"width":412,"height":915}"#
        case .tablet:
            #""library":{"name":"analytics-swift","version":"1.9.1"},"app":{"name":"Teahouse","version":"4.2.0","build":"420"},"device":{"type":"ios","manufacturer":"Apple","model":"iPad14,1"},"os":{"name":"iPadOS","version":"18.5"},"screen":{"width":820,"height":1180}"#
        case .weChat:
            #""library":{"name":"analytics.js","version":"2.11.1"},"userAgent":"Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.56","screen":{"width":360,"height":800}"#
        case .mobileChrome:
            #""library":{"name":"analytics.js","version":"2.11.1"},"userAgent":"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36","screen":{"width":384,"height":854}"#
        case .desktopChrome:
            #""library":{"name":"analytics.js","version":"2.11.1"},"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","screen":{"width":1920,"height":1080}"#
        case .desktopSafari:
            #""library":{"name":"analytics.js","version":"2.11.1"},"userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15","screen":{"width":1512,"height":982}"#
        case .desktopEdge:
            #""library":{"name":"analytics.js","version":"2.11.1"},"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0","screen":{"width":1536,"height":864}"#
        }
    }
}

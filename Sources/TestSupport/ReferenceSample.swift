/// SHA-256 by the tables and the steps of FIPS 180-4, for the places of people in samples.
enum ReferenceSample {
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]

    /// The place of a person: the first 8 bytes of the digest as a fraction.
    static func place(salt: String, person: String) -> Double {
        var bytes = Array(salt.utf8) + [0x1F] + Array(person.utf8)
        let bits = bytes.count * 8
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        bytes += (0 ..< 8).map { UInt8(bits >> (56 - 8 * $0) & 0xFF) }
        var state: [UInt32] = [
            0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
            0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
        ]
        for block in stride(from: 0, to: bytes.count, by: 64) { compress(bytes[block ..< block + 64].map { UInt32($0) }, &state) }
        return (Double(state[0]) * 0x1p32 + Double(state[1])) / 0x1p64
    }

    private static func compress(_ block: [UInt32], _ state: inout [UInt32]) {
        func turned(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
        var w: [UInt32] = []
        for t in 0 ..< 16 { w.append(block[4 * t ..< 4 * t + 4].reduce(0) { $0 << 8 | $1 }) }
        for t in 16 ..< 64 {
            let (x, y) = (w[t - 15], w[t - 2])
            let first = turned(x, 7) ^ turned(x, 18) ^ (x >> 3)
            w.append(w[t - 16] &+ first &+ w[t - 7] &+ (turned(y, 17) ^ turned(y, 19) ^ (y >> 10)))
        }
        var v = state
        for t in 0 ..< 64 {
            let sum = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
            let one = v[7] &+ sum &+ ((v[4] & v[5]) ^ (~v[4] & v[6])) &+ constants[t] &+ w[t]
            let other = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
            let two = other &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
            v = [one &+ two, v[0], v[1], v[2], v[3] &+ one, v[4], v[5], v[6]]
        }
        for index in 0 ..< 8 { state[index] &+= v[index] }
    }
}

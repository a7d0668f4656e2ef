public import Model

/// What a password must be: long, and not what everyone guesses first.
package enum PasswordRules {
    /// The fewest characters.
    package static let charactersMin = 10
    /// The most bytes, so that nobody makes the server hash a book.
    package static let bytesMax = 1_024

    /// What is wrong with `password` for the member with `email`; nil when nothing is.
    package static func problem(_ password: String, email: String) -> Problem? {
        guard password.utf8.count <= bytesMax else {
            return weak("The password is longer than \(bytesMax) bytes. Use a shorter one.")
        }
        guard password.count >= charactersMin else {
            return weak("The password is too short. Use at least \(charactersMin) characters; a few words make a good one.")
        }
        let lowered = password.lowercased()
        let mail = email.lowercased()
        guard lowered != mail, lowered != String(mail.prefix { $0 != "@" }) else {
            return weak("The password is the e-mail address. Use something that others do not know.")
        }
        guard !common.contains(lowered), Set(lowered).count > 2, !isRun(lowered) else {
            return weak("This password is among the first that anyone would try. Use a few words of your own.")
        }
        return nil
    }

    private static func weak(_ wording: Wording) -> Problem { Problem(.weakPassword, wording, place: "/password") }

    /// Letters or digits in their order, up or down: `abcdefghij`, `0987654321`.
    private static func isRun(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let steps = Set(zip(bytes.dropFirst(), bytes).map { Int($0) - Int($1) })
        return steps.isSubset(of: [1, -9]) || steps.isSubset(of: [-1, 9])
    }

    /// Leaked passwords of ten characters or more that lead every list.
    private static let common: Set<String> = Set(
        """
        1q2w3e4r5t 1q2w3e4r5t6y qwertyuiop qwerty12345 qwerty123456 q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc zaq12wsxcde3 qazwsxedcrfv
        asdfghjkl1 asdfghjkl; asdf1234567 zxcvbnm123 zxcvbnm1234 abcd1234567 abc1234567 abc123456789 a123456789 a1234567890 aa12345678
        1234567890a 123456789a 123456789abc 12345678910 123123123123 1231231234 1122334455 1029384756 9876543210 0123456789 1111122222
        0000011111 123456123456 112233445566 147258369a 1472583690 3141592653 5201314520 5211314520 woaini1314 woaini520520 woaini1314520
        password12 password123 password1234 password12345 passw0rd12 passw0rd123 p@ssw0rd12 p@ssw0rd123 p@ssword123 password!! password01
        mypassword mypassword1 changeme12 changeme123 changemenow letmein123 letmein1234 welcome123 welcome1234 welcome2024 welcome2025
        welcome2026 administrator admin12345 admin123456 admin@12345 adminadmin adminadmin1 administrator1 rootroot123 superuser12
        iloveyou12 iloveyou123 iloveyou1234 iloveyou! sunshine12 sunshine123 princess123 football123 baseball123 basketball monkey12345
        dragon12345 master12345 michael123 charlie123 jordan12345 superman123 batman12345 trustno1trustno1 starwars123 liverpool123
        chocolate1 strawberry butterfly1 computer123 internet123 whatever123 hello12345 helloworld helloworld1 secret12345 testtest12
        test123456 test1234567 testtesttest teahouse12 teahouse123 teahouse1234 teahouseteahouse correcthorsebatterystaple
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}

extension Problem.Code {
    /// A password that is too short or too easily guessed.
    public static let weakPassword = Problem.Code("weak_password")
}

/// What people are asked to consent to, and what each of them said.
final class ConsentTexts: Sendable {
    let title = Text("Consent", "同意管理")
    let intro = Text(
        "What people are asked, and who has said yes. Of whom nothing is known has not consented.",
        "向人们征求的用途，以及谁已同意。没有任何记录的人一律视为未同意。")
    let noneTitle = Text("No purpose has been named yet", "还没有定义用途")
    let noneText = Text(
        "Name what you ask people for, such as analytics or marketing.email. Until then nobody has consented to anything.",
        "请为征求同意的事项命名，例如 analytics 或 marketing.email。在此之前，没有人同意过任何事。")
    let purpose = Text("Purpose", "用途")
    let granted = Text("Granted", "已同意")
    let withdrawn = Text("Withdrawn", "已撤回")
    let neverAsked = Text("Never asked", "从未询问")
    let coverage = Text("{share} have answered, {granted} said yes.", "{share} 的人已答复，其中 {granted} 同意。")
    let version = Text("Version {number}", "第 {number} 版")
    let sinceDate = Text("since {date}", "自 {date} 起")
    let earlier = Text("{count} earlier versions", one: "{count} earlier version", "此前的 {count} 个版本")
    let basis = Text("Legal basis", "法律依据")
    let text = Text("What people are asked", "向人们展示的文字")
    let textHint = Text("Another text becomes the next version; the versions before stay as they are.", "修改文字会产生新版本，以前的版本保持不变。")
    let name = Text("Name of the purpose", "用途名称")
    let nameHint = Text(
        "Letters, digits, dots, hyphens and underscores, such as marketing.email", "字母、数字、点、连字符和下划线，例如 marketing.email")
    let newPurpose = Text("New purpose", "新用途")
    let create = Text("Name it", "创建用途")
    let change = Text("Change", "更改")
    let unnamedTitle = Text("Said, but not named here", "有记录但未定义的用途")
    let unnamedText = Text(
        "Calls say these; no question can be asked for them until they are named.", "调用中出现过这些用途；定义之后才能按其提问。")
    let basisConsent = Text("Consent", "同意")
    let basisContract = Text("Contract", "合同")
    let basisLegalObligation = Text("Legal obligation", "法定义务")
    let basisVitalInterests = Text("Vital interests", "重大利益")
    let basisPublicTask = Text("Public task", "公共任务")
    let basisLegitimateInterests = Text("Legitimate interests", "正当利益")
    let onlyOwner = Text("Only owners may name purposes and change them.", "只有主人可以定义和更改用途。")
    let ofPerson = Text("Consents", "同意记录")
    let noneOfPerson = Text("Nothing was ever said, which means no.", "没有任何记录，视为未同意。")
    let missing = Text("Never asked", "从未询问")
    let said = Text("said by the person", "本人表示")
    let declared = Text("declared", "已声明")
    let history = Text("History", "历史记录")
    let record = Text("Record a consent", "登记同意或撤回")
    let status = Text("The person", "此人")
    let grants = Text("grants it", "同意")
    let withdraws = Text("withdraws it", "撤回")
    let reason = Text("On what it rests, and why you record it", "依据及登记原因")
    let save = Text("Record", "登记")
    let reasonMissing = Text("Say on what it rests.", "请说明依据。")
}

/// Sentences about purposes and consents that other parts of the program make.
enum ConsentRefusalTexts {
    static let all = [
        Text(
            "The name of a purpose has 1 to 100 letters, digits, dots, hyphens and underscores, such as marketing.email.",
            "用途名称由 1 到 100 个字母、数字、点、连字符和下划线组成，例如 marketing.email。"),
        Text("What people are asked is a text of 1 to {1} bytes.", "展示的文字须为 1 到 {1} 字节的文本。"),
        Text(
            #"There is a purpose "{1}" already. Change its text: that makes a new version."#,
            #"已有用途 "{1}"。请更改其文字，这会产生新版本。"#),
        Text("A workspace has at most {1} purposes. Use one of them.", "一个工作区最多有 {1} 个用途。请使用已有的用途。"),
        Text(#"The text of "{1}" has versions 1 to {2}."#, #""{1}" 的文字有第 1 到 {2} 版。"#),
        Text("Nobody is known as {1}.", "没有人以 {1} 为标识。"), Text("Evidence has at most {1} bytes.", "依据最多 {1} 字节。"),
        Text(
            #"Nobody consents ahead of time: "timestamp" lies in the future."#, #"不能提前同意："timestamp" 在未来。"#),
        Text(#"There is no purpose "{1}" in this workspace."#, #"此工作区没有用途 "{1}"。"#),
    ]
}

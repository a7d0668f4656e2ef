/// What a person may ask for: all that is known of them, and to be forgotten.
final class RightsTexts: Sendable {
    let title = Text("Their rights", "个人权利")
    let export = Text("Download everything", "下载全部数据")
    let erase = Text("Erase", "抹除")
    let eraseTitle = Text("Erase this person?", "要抹除此人吗？")
    let eraseText = Text(
        "For good: this cannot be taken back. Every figure is then as if they had never been here, earlier ones too.",
        "此操作不可撤销。此后所有数字，包括过去的，都如同此人从未来过。")
    let goes = Text("What goes", "将被删除")
    let goesCalls = Text("{count} calls with all their words", one: "{count} call with all its words", "{count} 次调用及其全部内容")
    let goesIdentities = Text("{count} identities", one: "{count} identity", "{count} 个身份标识")
    let goesNames = Text(
        "their identities in the calls of others, among refusals, and on boards", "他人调用、被拒记录和看板中出现的其身份标识")
    let goesMembership = Text(
        "their membership of the program: who they are, what was asked for them, notes, and addresses",
        "其会员资格：身份、为其提出的请求、备注和地址")
    let stays = Text("What stays, and why", "将被保留，以及原因")
    let staysHashes = Text(
        "times of receipt and hashes of message ids: a repeat must not count as new", "接收时刻与消息编号的散列值：以免重复的调用被当作新的")
    let staysDecisions = Text("decisions about identities, by numbers: others keep their history", "以编号表示的身份判定：他人的历史保持不变")
    let staysDigests = Text(
        "keyed digests of the identities: an archive from before must not bring the person back",
        "身份标识的带密钥摘要：以免旧归档让此人重新出现")
    let staysAudit = Text(
        "the audit log, by the person’s number: who did what stays accountable", "以编号记录的审计日志：谁做过什么仍可追查")
    let staysBooks = Text(
        "what was booked in the program, under a number without a name: points are owed until they expire, and the books add up",
        "会员计划的账目，只存编号不存姓名：积分在到期前仍是负债，账目保持平衡")
    let reason = Text("Reason", "原因")
    let reasonHint = Text("Is kept, so without names. Can be empty.", "会被保留，因此请不要写姓名。可以留空。")
    let suppress = Text("If they come back", "如果此人再来")
    let suppressHint = Text("Whether calls of these identities are turned away from now on.", "此后这些身份标识的调用是否不再接收。")
    let welcome = Text("Take them as somebody new", "视为新人")
    let turnAway = Text("Turn their calls away", "不再接收")
    let eraseButton = Text("Erase for good", "永久抹除")
    let keep = Text("Leave as it is", "保持不变")
    let done = Text(
        "Erased: their calls, their identities, and these wherever others’ calls, refusals and boards named them.",
        "已抹除：此人的调用和身份标识，以及他人的调用、被拒记录和看板中出现的这些标识。")
}

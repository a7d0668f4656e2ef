/// How long events are kept.
final class RetentionTexts: Sendable {
    let tab = Text("Retention", "保留期限")
    let title = Text("How long events are kept", "事件保留多久")
    let intro = Text(
        "Once an hour what has been kept for long enough is deleted for good. Of several purposes the longest time counts.",
        "每小时检查一次，超过期限的事件会被永久删除。同一事件有多个用途时，以最长的期限为准。")
    let none = Text("Everything is kept for ever, until you set a time.", "在设定期限之前，所有事件会一直保留。")
    let allOthers = Text("All other events", "其他所有事件")
    let days = Text("{count} days", one: "{count} day", "{count} 天")
    let daysFor = Text("{days} for {purpose}", "{days}（用于 {purpose}）")
    let deleted = Text("Deleted so far", "至今已删除")
    let deletedLast = Text("{count} events, the last on {date}", one: "{count} event, on {date}", "{count} 个事件，最近一次在 {date}")
    let change = Text("Set a time", "设定期限")
    let event = Text("Event", "事件")
    let eventHint = Text(
        "Its name as it is sent, such as page; * for all that have no time of their own.", "发送时的名称，例如 page；* 表示其他所有未设期限的事件。")
    let purpose = Text("Purpose", "用途")
    let purposeHint = Text("What they are kept for. Can be empty.", "保留的目的。可以留空。")
    let daysField = Text("Days", "天数")
    let daysHint = Text("1 to 36,500. Leave it empty to take the time away.", "1 到 36500。留空则取消该期限。")
}

/// Pages for what goes wrong.
final class ErrorTexts: Sendable {
    let notFoundTitle = Text("There is nothing here", "这里什么也没有")
    let notFoundText = Text("The address is mistyped, or what it showed is gone.", "网址有误，或者它所显示的内容已不存在。")
    let forbiddenTitle = Text("This is for owners", "这里只对主人开放")
    let forbiddenText = Text("Your role lets you look and ask, not change this. An owner can.", "你的身份可以查看与提问，但不能更改这里。主人可以。")
    let failedTitle = Text("Something broke on our side", "我们这边出了问题")
    let failedText = Text("It has been logged. Please try again in a moment.", "问题已记录，请稍后再试。")
    let busyTitle = Text("Busy just now", "此刻繁忙")
    let busyText = Text("Teahouse is starting, stopping or short of room. Please try again in a moment.", "茶馆正在启动、停止或空间不足，请稍后再试。")
    let badTitle = Text("This cannot be shown", "无法显示")
    let goHome = Text("Go home", "回到首页")
    let position = Text("line {line}, column {column}", "第 {line} 行第 {column} 列")
    let placed = Text("{place}: {problem}", "位置：{place}。{problem}")
    // Known problems that forms show, by their code.
    let weakPassword = Text("This password is too short, too common, or holds your e-mail. {rule}", "密码太短、太常见，或包含你的邮箱。{rule}")
    let badEmail = Text("This is not an e-mail address.", "这不是有效的电子邮箱地址。")
    let emailTaken = Text("This e-mail has an account already.", "此邮箱已有账号。")
    let badName = Text("Please give a name of 1 to 100 characters.", "请输入 1 到 100 个字符的名称。")
    let unknownTimeZone = Text(
        "There is no such time zone. Use an IANA name such as Asia/Shanghai.", "没有这个时区。请使用 IANA 名称，例如 Asia/Shanghai。")
    let unknownCurrency = Text("There is no such currency. Use an ISO code such as CNY.", "没有这种货币。请使用 ISO 代码，例如 CNY。")
    let lastOwner = Text("The last owner cannot be removed.", "不能移除最后一位主人。")
}

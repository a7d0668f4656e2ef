/// The list of people.
final class PeopleTexts: Sendable {
    let title = Text("People", "人物")
    let intro = Text("Everybody who came, whichever device or name they came under.", "所有来过的人，无论用的是哪台设备、哪个名字。")
    let searchLabel = Text("Search by name, e-mail, phone, id or trait", "按姓名、邮箱、手机号、ID 或特征搜索")
    let searchHint = Text("Name, e-mail, phone, id or trait", "姓名、邮箱、手机号、ID 或特征")
    let search = Text("Search", "搜索")
    let filter = Text("Filter by role", "按身份筛选")
    let everybody = Text("Everybody", "所有人")
    let person = Text("Person", "姓名")
    let roles = Text("Roles", "身份")
    let lastSeen = Text("Last seen", "最近出现")
    let events = Text("Events", "事件")
    let spent = Text("Spent", "消费")
    let found = Text("{count} people", one: "{count} person", "共 {count} 人")
    let shownSoFar = Text("Latest first", "按最近出现排序")
    let noneYet = Text("Nobody has come yet", "还没有人来过")
    let noneYetHow = Text("People appear here with their first event.", "第一个事件到达后，人就会出现在这里。")
    let noneFound = Text("Nobody fits", "没有符合的人")
    let noneConsent = Text(
        "Nobody in this list has granted “{purpose}”; of whom nothing is known has not.", "此列表中没有人同意“{purpose}”；没有记录视为未同意。")
    let purpose = Text("What the list is for", "列表的用途")
    let anyPurpose = Text("For no purpose in particular", "不限用途")
    let noneFoundHow = Text(
        "No name, identity or trait contains “{search}” among these people. Try a part of it, or search among everybody.",
        "这些人的姓名、身份标识与特征中都没有 “{search}”。试试其中一部分，或在所有人中搜索。")
    let noneInCell = Text("Nobody is in this group now.", "目前没有人属于这一组。")
    let unnamed = Text("Unnamed visitor", "未具名访客")
}

/// Progressive registration: forms, and how far people come in them.
final class RegistrationTexts: Sendable {
    let title = Text("Registration", "逐步登记")
    let intro = Text(
        "Forms that people fill step by step. Everybody stands at the first step of which a trait is missing.",
        "人们逐步填写的表单。每个人处于第一个尚缺特征的步骤。")
    let none = Text("No forms yet", "还没有表单")
    let noneHow = Text(
        "A form is a list of steps, each with a few traits that you ask for. As soon as there is one, this page shows how far people come and where they stop.",
        "表单由若干步骤组成，每步询问几项特征。建立表单后，这里会显示人们走到了哪一步、停在了哪里。")
    let chartSummary = Text("How many people finished each step of {name}", "完成“{name}”每一步的人数")
    let stopped = Text("{count} stop here", "{count} 人停在这里")
    let step = Text("Step", "步骤")
    let asked = Text("Asks for", "询问的特征")
    let reached = Text("Reached it", "到达")
    let finished = Text("Finished it", "完成")
    let stoppedHere = Text("Stopped", "停留")
    let nextStep = Text("What to ask one person next:", "询问某人的下一步：")
    let change = Text("Change this form", "更改此表单")
    let changeForm = Text("Change “{name}”", "更改“{name}”")
    let newForm = Text("New form", "新建表单")
    let name = Text("Name of the form", "表单名称")
    let steps = Text("Steps, one on each line", "步骤，每行一个")
    let stepsHint = Text(
        "A name, a colon, and the traits that it asks for: “Contact: email, phone”. At most {count} steps.",
        "名称、冒号、所询问的特征：“联系方式：email，phone”。最多 {count} 步。")
    let badLine = Text(
        "Line {line} is no step. Write a name, a colon and traits, such as “Contact: email, phone”.",
        "第 {line} 行不是步骤。请写名称、冒号和特征，例如“联系方式：email，phone”。")
    let create = Text("Make the form", "创建表单")
    let created = Text("The form is made.", "表单已创建。")
    let delete = Text("Delete this form", "删除此表单")
    let deleteText = Text("What people have told stays.", "人们已提供的信息会保留。")
    let deleteButton = Text("Delete it", "确认删除")
    let deleted = Text("The form is deleted.", "表单已删除。")
}

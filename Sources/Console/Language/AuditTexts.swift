/// Who read or changed what.
final class AuditTexts: Sendable {
    let title = Text("Audit", "审计记录")
    let intro = Text(
        "Who looked at people or changed something, when and why. Entries are only ever added, and each seals the one before.",
        "谁在何时、为何查看了人物或做了更改。记录只增不改，每一条都封存前一条。")
    let whole = Text(
        "{count} entries, and the chain is whole.", one: "{count} entry, and the chain is whole.", "共 {count} 条记录，链条完整。")
    let broken = Text(
        "Entry {number} is not what was written: it, or one of those after it, was changed or taken out. Compare with a backup.",
        "第 {number} 条记录与写入时不符：它或其后的记录被更改或删除。请与备份核对。")
    let unchecked = Text("{count} entries.", one: "{count} entry.", "共 {count} 条记录。")
    let check = Text("Check the chain", "检查链条")
    let filter = Text("Filter entries", "筛选记录")
    let all = Text("All", "全部")
    let readings = Text("Looked at", "查看")
    let changes = Text("Changed", "更改")
    let actor = Text("By", "操作者")
    let anybody = Text("anybody", "所有人")
    let person = Text("About a person", "相关人物")
    let personHint = Text("A user id, e-mail, phone number or person’s id", "用户 ID、邮箱、手机号或人物 ID")
    let show = Text("Show", "查看")
    let entry = Text("Entry", "记录")
    let what = Text("What", "内容")
    let why = Text("why: {reason}", "原因：{reason}")
    let noneTitle = Text("No entry fits", "没有符合的记录")
    let noneText = Text("Try another person or kind, or look at all entries.", "请换一个人物或类型，或查看全部记录。")
    let nobody = Text("Nobody is known as “{name}”.", "没有人以“{name}”为标识。")
    let admin = Text("The server’s admin token", "服务器管理令牌")
    let commandLine = Text("The command line", "命令行")
    let server = Text("The server, by a rule", "服务器（按规则）")
    let apiKey = Text("API key {name}", "接口密钥 {name}")
    let formerMember = Text("Former member {id}", "已离开的成员 {id}")
    let profileViewed = Text("Looked at a person", "查看了人物")
    let timelineViewed = Text("Looked at a person’s events", "查看了人物的事件")
    let eventViewed = Text("Looked at a raw event", "查看了原始事件")
    let relationshipsViewed = Text("Looked at relationships", "查看了关系")
    let consentsViewed = Text("Looked at consents", "查看了同意记录")
    let decisionsViewed = Text("Looked at decisions about identities", "查看了身份合并记录")
    let peopleListed = Text("Listed people", "列出了人物")
    let peopleExported = Text("Exported people", "导出了人物")
    let eventsExported = Text("Exported events", "导出了事件")
    let workspaceCreated = Text("Made the workspace", "创建了工作区")
    let workspaceChanged = Text("Changed the workspace", "更改了工作区")
    let sourceCreated = Text("Made a source", "创建了数据源")
    let sourceChanged = Text("Changed a source", "更改了数据源")
    let keyCreated = Text("Made a key", "生成了密钥")
    let keyRevoked = Text("Revoked a key", "撤销了密钥")
    let boardCreated = Text("Made a board", "创建了看板")
    let boardRenamed = Text("Renamed a board", "重命名了看板")
    let boardDeleted = Text("Deleted a board", "删除了看板")
    let cardPinned = Text("Pinned a card", "固定了卡片")
    let cardRetitled = Text("Renamed a card", "重命名了卡片")
    let cardMoved = Text("Moved a card", "移动了卡片")
    let cardRemoved = Text("Removed a card", "移除了卡片")
    let memberAdded = Text("Added a member", "添加了成员")
    let memberRemoved = Text("Removed a member", "移除了成员")
    let memberRoleChanged = Text("Changed a member’s role", "更改了成员身份")
    let peopleMerged = Text("Joined two people", "合并了两个人")
    let peopleUnmerged = Text("Took identities apart", "拆分了身份标识")
    let consentGranted = Text("Recorded a consent", "登记了同意")
    let consentWithdrawn = Text("Recorded a withdrawal", "登记了撤回")
    let purposeCreated = Text("Named a purpose", "定义了用途")
    let purposeChanged = Text("Changed a purpose", "更改了用途")
    let formChanged = Text("Changed a registration form", "更改了登记表单")
    let formCreated = Text("Made a registration form", "创建了登记表单")
    let formDeleted = Text("Deleted a registration form", "删除了登记表单")
    let identitySettingsChanged = Text("Changed the rules of identities", "更改了身份标识规则")
    let productBatchCreated = Text("Made a batch of product codes", "创建了一批商品码")
    let productCodeBlocked = Text("Blocked a product code", "停用了商品码")
    let productCodeUnblocked = Text("Unblocked a product code", "恢复了商品码")
    let productCaseResolved = Text("Decided who has a product code", "裁定了商品码的归属")
    let stagesChanged = Text("Changed the stages", "更改了阶段")
    let traitChanged = Text("Changed a computed trait", "更改了计算特征")
    let traitDefined = Text("Defined a computed trait", "定义了计算特征")
    let traitRemoved = Text("Removed a computed trait", "移除了计算特征")
    let personErased = Text("Erased a person", "抹除了一个人")
    let identitySuppressed = Text("Turned an identity’s calls away", "停止接收某身份标识的调用")
    let identityUnsuppressed = Text("Took an identity’s calls again", "恢复接收某身份标识的调用")
    let retentionChanged = Text("Changed how long events are kept", "更改了事件保留期限")
    let retentionCarriedOut = Text("Deleted events whose time was over", "删除了到期的事件")
    let earningSplit = Text("Changed an account’s share of points", "更改了企业的积分份额")
    let programSet = Text("Changed the program", "更改了会员计划")
    let couponTemplateSet = Text("Made a template of coupons", "建立了优惠券模板")
    let couponBatchExported = Text("Took codes of coupons out", "取出了券码")
    let couponBatchClosed = Text("Ended a batch of coupon codes", "结束了一批券码")
    let couponBatchVoided = Text("Made a batch of coupon codes void", "作废了一批券码")
    let couponRevoked = Text("Took a coupon away", "收回了优惠券")
    let benefitDefined = Text("Defined a benefit", "定义了权益")
    let productGrants = Text("Set what a product's codes grant", "设置了产品码授予的权益")
    let planDefined = Text("Offered a plan for sale", "发布了付费方案")
    let couponVoided = Text("Made a coupon void", "作废了优惠券")
    let monthClosed = Text("Closed a month of the books", "关闭了账目月份")
    let blockBought = Text("Added a block of points that a partner bought", "添加了合作方购买的积分包")
    let estimateSigned = Text("Signed an estimate of the points to be spent", "签署了积分使用率估计")
    let memberCardRenewed = Text("Renewed a member’s card", "更换了会员卡地址")
    let pointsSealed = Text("Took an erased person out of the books of points", "从积分账目中去除了被抹除者")
    let personExported = Text("Downloaded everything about a person", "下载了某人的全部数据")

    /// What an action of an entry is called; nil where it has no words of its own.
    static func words(for action: String) -> (any KeyPath<Catalogue, Text> & Sendable)? { byAction[action] }

    private static let byAction: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        "profile.viewed": \.audit.profileViewed, "timeline.viewed": \.audit.timelineViewed, "event.viewed": \.audit.eventViewed,
        "relationships.viewed": \.audit.relationshipsViewed, "consents.viewed": \.audit.consentsViewed,
        "decisions.viewed": \.audit.decisionsViewed, "people.listed": \.audit.peopleListed,
        "people.exported": \.audit.peopleExported, "events.exported": \.audit.eventsExported,
        "workspace.created": \.audit.workspaceCreated, "workspace.changed": \.audit.workspaceChanged,
        "source.created": \.audit.sourceCreated, "source.changed": \.audit.sourceChanged, "key.created": \.audit.keyCreated,
        "key.revoked": \.audit.keyRevoked, "board.created": \.audit.boardCreated, "board.renamed": \.audit.boardRenamed,
        "board.deleted": \.audit.boardDeleted, "card.pinned": \.audit.cardPinned, "card.retitled": \.audit.cardRetitled,
        "card.moved": \.audit.cardMoved, "card.removed": \.audit.cardRemoved, "member.added": \.audit.memberAdded,
        "member.removed": \.audit.memberRemoved, "member.role_changed": \.audit.memberRoleChanged,
        "people.merged": \.audit.peopleMerged, "people.unmerged": \.audit.peopleUnmerged,
        "consent.granted": \.audit.consentGranted, "consent.withdrawn": \.audit.consentWithdrawn,
        "form.changed": \.audit.formChanged, "form.created": \.audit.formCreated, "form.deleted": \.audit.formDeleted,
        "identity_settings.changed": \.audit.identitySettingsChanged,
        "product_batch.created": \.audit.productBatchCreated, "product_case.resolved": \.audit.productCaseResolved,
        "product_code.blocked": \.audit.productCodeBlocked, "product_code.unblocked": \.audit.productCodeUnblocked,
        "stages.changed": \.audit.stagesChanged, "trait.changed": \.audit.traitChanged, "trait.defined": \.audit.traitDefined,
        "trait.removed": \.audit.traitRemoved, "person.erased": \.audit.personErased, "person.exported": \.audit.personExported,
        "identity.suppressed": \.audit.identitySuppressed, "identity.unsuppressed": \.audit.identityUnsuppressed,
        "retention.changed": \.audit.retentionChanged, "retention.carried_out": \.audit.retentionCarriedOut,
        "earning.split": \.audit.earningSplit,
        "program.set": \.audit.programSet, "month.closed": \.audit.monthClosed, "estimate.signed": \.audit.estimateSigned,
        "block.bought": \.audit.blockBought,
        "card.renewed": \.audit.memberCardRenewed,
        "points.sealed": \.audit.pointsSealed,
        "coupon_template.set": \.audit.couponTemplateSet, "coupon_batch.exported": \.audit.couponBatchExported,
        "coupon_batch.closed": \.audit.couponBatchClosed, "coupon_batch.voided": \.audit.couponBatchVoided,
        "coupon.revoke": \.audit.couponRevoked, "coupon.void": \.audit.couponVoided,
        "benefit.define": \.audit.benefitDefined,
        "plan.define": \.audit.planDefined,
        "product.grants": \.audit.productGrants,
        "purpose.created": \.audit.purposeCreated, "purpose.changed": \.audit.purposeChanged,
    ]
}

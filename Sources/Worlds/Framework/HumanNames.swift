/// The names that humans of every world have.
enum HumanNames {
    static let surnames = [
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
        "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "欧阳", "司马",
    ]
    static let givenNames = [
        "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平", "刚", "桂英", "子轩",
        "梓涵", "雨桐", "浩然", "欣怡", "宇航", "诗涵", "俊杰", "思远", "若曦", "一诺", "可欣", "嘉怡", "文博", "晓明", "建国", "婷婷", "志强", "玉兰",
        "海燕", "春梅", "小龙", "佳琪", "天宇", "梦瑶", "逸凡", "清如", "茶香",
    ]
    static let firstNames = [
        "Ada", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Isla", "Jack", "Kate", "Liam", "Maya", "Noah", "Olivia",
        "Paul",
        "Quinn", "Rosa", "Sam", "Tessa", "Uma", "Victor", "Wendy", "Xavier", "Yara", "Zoe", "Anders", "Beatriz", "Chloé", "Dmitri",
        "Eilidh",
        "François", "Giulia", "Hiroshi", "Ingrid", "José", "Katarzyna", "Lars", "Mehmet", "Nadia",
    ]
    static let lastNames = [
        "Smith", "Jones", "O'Neill", "Garcia", "Brown", "Miller", "Davis", "Wilson", "Moore", "Taylor", "Anderson", "Thomas",
        "Jackson", "White",
        "Harris", "Martin", "Thompson", "Young", "Walker", "Hall", "Müller", "Rossi", "Dubois", "Novák", "Kowalski", "Silva",
        "Haddad", "Tanaka",
        "Singh", "Nguyen", "Kim", "Larsen", "van Dijk", "MacLeod", "Fernández", "Petrov", "Yılmaz", "Cohen", "Okafor", "Lindqvist",
    ]

    /// The full name of parts drawn before, family name first in Chinese.
    static func full(isChinese: Bool, first: Int, last: Int) -> String {
        isChinese ? surnames[last] + givenNames[first] : firstNames[first] + " " + lastNames[last]
    }
}

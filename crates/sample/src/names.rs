//! Word lists: names of people, teams, projects, files and things, in Chinese and English.
//!
//! Nothing here needs escaping in JSON, and no login has a blank or a colon. All invented.

/// Family names: login form and written form.
pub(crate) const SURNAMES: [(&str, &str); 32] = [
    ("wang", "王"),
    ("li", "李"),
    ("zhang", "张"),
    ("liu", "刘"),
    ("chen", "陈"),
    ("yang", "杨"),
    ("zhao", "赵"),
    ("huang", "黄"),
    ("zhou", "周"),
    ("wu", "吴"),
    ("xu", "徐"),
    ("sun", "孙"),
    ("hu", "胡"),
    ("zhu", "朱"),
    ("gao", "高"),
    ("lin", "林"),
    ("he", "何"),
    ("guo", "郭"),
    ("ma", "马"),
    ("luo", "罗"),
    ("liang", "梁"),
    ("song", "宋"),
    ("zheng", "郑"),
    ("xie", "谢"),
    ("han", "韩"),
    ("tang", "唐"),
    ("feng", "冯"),
    ("dong", "董"),
    ("cheng", "程"),
    ("cao", "曹"),
    ("yuan", "袁"),
    ("ouyang", "欧阳"),
];

/// Given names: login form and written form.
pub(crate) const GIVEN: [(&str, &str); 40] = [
    ("wei", "伟"),
    ("fang", "芳"),
    ("na", "娜"),
    ("min", "敏"),
    ("jing", "静"),
    ("lei", "磊"),
    ("qiang", "强"),
    ("yang", "洋"),
    ("yan", "艳"),
    ("jie", "杰"),
    ("tao", "涛"),
    ("ming", "明"),
    ("chao", "超"),
    ("xiulan", "秀兰"),
    ("xia", "霞"),
    ("ping", "平"),
    ("gang", "刚"),
    ("haoran", "浩然"),
    ("zixuan", "子轩"),
    ("yuhan", "雨涵"),
    ("xinyi", "欣怡"),
    ("jiahao", "佳豪"),
    ("siyuan", "思远"),
    ("yichen", "奕辰"),
    ("mengjie", "梦洁"),
    ("xiaoming", "晓明"),
    ("zhiqiang", "志强"),
    ("wenbo", "文博"),
    ("peng", "鹏"),
    ("ting", "婷"),
    ("bin", "斌"),
    ("kai", "凯"),
    ("xue", "雪"),
    ("rui", "睿"),
    ("junjie", "俊杰"),
    ("tianyu", "天宇"),
    ("shihan", "诗涵"),
    ("guohua", "国华"),
    ("jianguo", "建国"),
    ("li", "丽"),
];

pub(crate) const FIRST: [&str; 32] = [
    "Emma", "Liam", "Noah", "Olivia", "Lukas", "Anna", "Felix", "Marie", "Jonas", "Sofia", "Ethan",
    "Grace", "Daniel", "Priya", "Arjun", "Wei Ling", "Marcus", "Hannah", "Oscar", "Nina", "Paul",
    "Clara", "David", "Julia", "Adam", "Irene", "Victor", "Laura", "Tom", "Ingrid", "Samuel",
    "Rachel",
];

pub(crate) const LAST: [&str; 32] = [
    "Clark", "Weber", "Schmidt", "Tan", "Nguyen", "Meyer", "Smith", "Johnson", "Becker", "Lim",
    "Wagner", "Brown", "Kumar", "Schulz", "Davis", "Hoffmann", "Ng", "Martin", "Koch", "Wilson",
    "Richter", "Lee", "Klein", "Anderson", "Wolf", "Taylor", "Braun", "Moore", "Sharma", "Keller",
    "Murphy", "Fischer",
];

/// What a group of people works on.
#[derive(Debug)]
pub(crate) struct Team {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) projects: [&'static str; 4],
    pub(crate) software: [&'static str; 3],
    /// Stems of file names.
    pub(crate) stems: [&'static str; 6],
    pub(crate) extensions: [&'static str; 4],
}

pub(crate) const TEAMS: [Team; 10] = [
    Team {
        code: "cfd",
        name: "流体仿真组",
        projects: ["wing-a12", "风洞对标", "intake-duct", "external-aero"],
        software: ["Fluent 2025R2", "STAR-CCM+ 20.04", "OpenFOAM v2412"],
        stems: ["mesh", "case_final", "residuals", "计算结果", "surface", "boundary"],
        extensions: ["cas.h5", "dat.h5", "msh", "tar.gz"],
    },
    Team {
        code: "crash",
        name: "碰撞安全组",
        projects: ["frontal-56", "side-pole", "整车碰撞", "pedestrian"],
        software: ["LS-DYNA R14", "PAM-CRASH 2025", "HyperMesh 2025"],
        stems: ["main", "include_body", "binout", "d3plot", "整车模型", "barrier"],
        extensions: ["k", "key", "d3plot", "zip"],
    },
    Team {
        code: "nvh",
        name: "Noise and vibration",
        projects: ["engine-mount", "road-noise", "cabin-boom", "轮胎噪声"],
        software: ["Abaqus 2025", "Nastran 2025.1", "Actran 2025"],
        stems: ["modal", "frf", "acoustic", "频响分析", "panel", "trim_body"],
        extensions: ["inp", "odb", "op2", "h5"],
    },
    Team {
        code: "render",
        name: "渲染与可视化",
        projects: ["spring-ad", "showroom", "片头动画", "lookdev"],
        software: ["Blender 4.4", "Maya 2026", "Houdini 20.5"],
        stems: ["scene", "shot_010", "comp", "贴图", "lighting", "cache"],
        extensions: ["blend", "exr", "usd", "mov"],
    },
    Team {
        code: "asic-fe",
        name: "芯片前端",
        projects: ["phoenix-soc", "npu-core", "ddr-phy", "验证平台"],
        software: ["VCS 2025.06", "Verdi 2025.06", "Xcelium 24.09"],
        stems: ["top", "regression", "coverage", "回归报告", "tb_axi", "lint"],
        extensions: ["sv", "fsdb", "log", "tar.gz"],
    },
    Team {
        code: "asic-be",
        name: "芯片后端",
        projects: ["phoenix-soc", "floorplan-v3", "sta-signoff", "版图检查"],
        software: ["Innovus 23.1", "Calibre 2025.1", "PrimeTime 2025.06"],
        stems: ["netlist", "floorplan", "drc_summary", "时序报告", "gds_final", "lvs"],
        extensions: ["gds", "def", "spef", "rpt"],
    },
    Team {
        code: "genomics",
        name: "Genomics",
        projects: ["cohort-7", "rna-atlas", "肿瘤队列", "variant-call"],
        software: ["GATK 4.6", "Nextflow 25.04", "Cell Ranger 9"],
        stems: ["sample", "aligned", "variants", "测序数据", "matrix", "qc_report"],
        extensions: ["bam", "vcf.gz", "fastq.gz", "csv"],
    },
    Team {
        code: "md",
        name: "分子动力学",
        projects: ["kinase-x", "membrane", "电解液", "free-energy"],
        software: ["GROMACS 2025.2", "VASP 6.5", "LAMMPS 2025"],
        stems: ["traj", "topol", "md_run", "结构优化", "umbrella", "confout"],
        extensions: ["xtc", "gro", "tpr", "xyz"],
    },
    Team {
        code: "weather",
        name: "Weather and climate",
        projects: ["typhoon-ens", "regional-3km", "再分析", "wind-farm"],
        software: ["WRF 4.6", "MPAS 8.2", "CDO 2.5"],
        stems: ["wrfout_d02", "namelist", "ensemble", "降水预报", "geo_em", "verif"],
        extensions: ["nc", "grib2", "txt", "png"],
    },
    Team {
        code: "ai",
        name: "智能训练",
        projects: ["surrogate-v2", "vision-qa", "大模型微调", "ckpt-eval"],
        software: ["PyTorch 2.8", "JAX 0.7", "Jupyter 4.4"],
        stems: ["checkpoint", "train_log", "dataset", "训练数据", "eval", "tokens"],
        extensions: ["safetensors", "parquet", "jsonl", "ipynb"],
    },
];

pub(crate) const FOLDERS: [&str; 8] =
    ["input", "output", "results", "归档", "run-2026", "post", "shared", "备份"];

pub(crate) const CLUSTERS: [&str; 12] = [
    "cfd-prod",
    "渲染集群",
    "crash-batch",
    "gpu-train",
    "仿真集群",
    "eda-regress",
    "genome-pipe",
    "md-long",
    "weather-ens",
    "teaching",
    "浮动算力池",
    "burst",
];

pub(crate) const DESKTOPS: [&str; 8] = [
    "win-cad",
    "设计桌面",
    "linux-post",
    "eda-view",
    "图形工作站",
    "render-ws",
    "matlab",
    "office",
];

pub(crate) const PARTITIONS: [&str; 8] =
    ["head", "login", "compute", "gpu", "bigmem", "debug", "long", "spot"];

pub(crate) const MOUNTS: [&str; 10] = [
    "/data",
    "/scratch",
    "/apps",
    "/home",
    "/project",
    "/licenses",
    "/archive",
    "/datasets",
    "/共享数据",
    "/tools",
];

pub(crate) const PERMISSIONS: [&str; 12] = [
    "cluster:create",
    "cluster:release",
    "cluster:webssh",
    "desktop:create",
    "desktop:webrdp",
    "data:download",
    "data:upload",
    "mount:bind",
    "approval:approve",
    "billing:export",
    "user:manage",
    "role:ADMIN",
];

pub(crate) const GROUPS: [&str; 10] = [
    "interns",
    "外包人员",
    "contractors",
    "reviewers",
    "项目核心组",
    "gpu-users",
    "vip",
    "students",
    "quality",
    "审批白名单",
];

/// User agents: browsers (what the company hands out first), the desktop client, programs.
pub(crate) const AGENTS: [&str; 9] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
     (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
     (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
    "DataManager/3.8.1 (Windows 11; x64)",
    "hpc-cli/2.6.0 (linux; amd64)",
    "python-requests/2.32.5",
    "curl/8.14.1",
];

/// How many of `AGENTS` are browsers.
pub(crate) const BROWSERS: usize = 5;
/// The desktop client for data.
pub(crate) const DATA_CLIENT: usize = 5;
/// The first of the programs that use API tokens.
pub(crate) const PROGRAMS: usize = 6;

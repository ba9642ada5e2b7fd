Feature: Which permission a call needs
  The page lists the permissions of an application and names one for each kind of call. What an application is granted decides
  whether its call is created or refused: this is the whole table, for each kind of call and each set of permissions.

  A set may have a stronger permission in place of the needed one (InitiateGroupCall for a call to one person, JoinGroupCall for a
  guest). No page says whether it covers the weaker one: those rows are assumptions.

  @CC-07 @makes-no-call @needs:app-sets
  Scenario Outline: With no permission no call is created: example <number>
    Given the bot is granted no permission
    When the bot sends the request of example <number>
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | number |
      | 1      |
      | 2      |
      | 3      |
      | 4      |
      | 5      |
      | 6      |

  @CC-07 @joins @needs:app-sets @makes-calls:2
  Scenario: What another bot is granted does not count
    Given the bot is granted no permission
    And another bot is in the scheduled meeting
    When the bot sends the request of example 3
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

  @CC-07 @rings @needs:app-sets
  Scenario: With its permissions the call is created
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-08 @makes-no-call @needs:app-sets
  Scenario Outline: Calling a person is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 1
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                                |
      | only Calls.JoinGroupCall.All                           |
      | only Calls.JoinGroupCallAsGuest.All                    |
      | only Calls.AccessMedia.All                             |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |

    @assumption
    Examples: no page says whether the stronger permission covers the weaker
      | granted                                 |
      | only Calls.InitiateGroupCall.All        |
      | every permission but Calls.Initiate.All |

  @CC-08 @rings @needs:app-sets
  Scenario Outline: Calling a person is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 1
    Then Graph creates the call

    Examples:
      | granted                                             |
      | only Calls.Initiate.All                             |
      | every permission but Calls.InitiateGroupCall.All    |
      | every permission but Calls.JoinGroupCall.All        |
      | every permission but Calls.JoinGroupCallAsGuest.All |
      | every permission but Calls.AccessMedia.All          |
      | only Calls.Initiate.All and Calls.AccessMedia.All   |
      | every permission                                    |

  @CC-11 @makes-no-call @needs:app-sets
  Scenario Outline: Calling a person with its own media is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 2
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                                |
      | only Calls.Initiate.All                                |
      | only Calls.InitiateGroupCall.All                       |
      | only Calls.JoinGroupCall.All                           |
      | only Calls.JoinGroupCallAsGuest.All                    |
      | only Calls.AccessMedia.All                             |
      | every permission but Calls.AccessMedia.All             |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |

    @assumption
    Examples: no page says whether the stronger permission covers the weaker
      | granted                                 |
      | every permission but Calls.Initiate.All |

  @CC-11 @rings @needs:app-sets
  Scenario Outline: Calling a person with its own media is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 2
    Then Graph creates the call

    Examples:
      | granted                                             |
      | every permission but Calls.InitiateGroupCall.All    |
      | every permission but Calls.JoinGroupCall.All        |
      | every permission but Calls.JoinGroupCallAsGuest.All |
      | only Calls.Initiate.All and Calls.AccessMedia.All   |
      | every permission                                    |

  @CC-09 @makes-no-call @needs:app-sets
  Scenario Outline: Joining a scheduled meeting is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 3
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                           |
      | only Calls.Initiate.All                           |
      | only Calls.InitiateGroupCall.All                  |
      | only Calls.JoinGroupCallAsGuest.All               |
      | only Calls.AccessMedia.All                        |
      | every permission but Calls.JoinGroupCall.All      |
      | only Calls.Initiate.All and Calls.AccessMedia.All |

  @CC-09 @joins @needs:app-sets
  Scenario Outline: Joining a scheduled meeting is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 3
    Then Graph creates the call

    Examples:
      | granted                                                |
      | only Calls.JoinGroupCall.All                           |
      | every permission but Calls.Initiate.All                |
      | every permission but Calls.InitiateGroupCall.All       |
      | every permission but Calls.JoinGroupCallAsGuest.All    |
      | every permission but Calls.AccessMedia.All             |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |
      | every permission                                       |

  @CC-11 @makes-no-call @needs:app-sets
  Scenario Outline: Joining a scheduled meeting with its own media is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 4
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                           |
      | only Calls.Initiate.All                           |
      | only Calls.InitiateGroupCall.All                  |
      | only Calls.JoinGroupCall.All                      |
      | only Calls.JoinGroupCallAsGuest.All               |
      | only Calls.AccessMedia.All                        |
      | every permission but Calls.JoinGroupCall.All      |
      | every permission but Calls.AccessMedia.All        |
      | only Calls.Initiate.All and Calls.AccessMedia.All |

  @CC-11 @joins @needs:app-sets
  Scenario Outline: Joining a scheduled meeting with its own media is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 4
    Then Graph creates the call

    Examples:
      | granted                                                |
      | every permission but Calls.Initiate.All                |
      | every permission but Calls.InitiateGroupCall.All       |
      | every permission but Calls.JoinGroupCallAsGuest.All    |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |
      | every permission                                       |

  @CC-09 @makes-no-call @needs:app-sets
  Scenario Outline: Joining a channel meeting is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 5
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                           |
      | only Calls.Initiate.All                           |
      | only Calls.InitiateGroupCall.All                  |
      | only Calls.JoinGroupCallAsGuest.All               |
      | only Calls.AccessMedia.All                        |
      | every permission but Calls.JoinGroupCall.All      |
      | only Calls.Initiate.All and Calls.AccessMedia.All |

  @CC-09 @joins @needs:app-sets
  Scenario Outline: Joining a channel meeting is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 5
    Then Graph creates the call

    Examples:
      | granted                                                |
      | only Calls.JoinGroupCall.All                           |
      | every permission but Calls.Initiate.All                |
      | every permission but Calls.InitiateGroupCall.All       |
      | every permission but Calls.JoinGroupCallAsGuest.All    |
      | every permission but Calls.AccessMedia.All             |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |
      | every permission                                       |

  @CC-10 @makes-no-call @needs:app-sets
  Scenario Outline: Joining a channel meeting as a guest is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 6
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                           |
      | only Calls.Initiate.All                           |
      | only Calls.InitiateGroupCall.All                  |
      | only Calls.AccessMedia.All                        |
      | only Calls.Initiate.All and Calls.AccessMedia.All |

    @assumption
    Examples: no page says whether the stronger permission covers the weaker
      | granted                                                |
      | only Calls.JoinGroupCall.All                           |
      | every permission but Calls.JoinGroupCallAsGuest.All    |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |

  @CC-10 @joins @needs:app-sets
  Scenario Outline: Joining a channel meeting as a guest is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot sends the request of example 6
    Then Graph creates the call

    Examples:
      | granted                                          |
      | only Calls.JoinGroupCallAsGuest.All              |
      | every permission but Calls.Initiate.All          |
      | every permission but Calls.InitiateGroupCall.All |
      | every permission but Calls.JoinGroupCall.All     |
      | every permission but Calls.AccessMedia.All       |
      | every permission                                 |

  @CC-12 @makes-no-call @needs:app-sets
  Scenario Outline: Calling several people at once is refused to an application with <granted>
    Given the bot is granted <granted>
    When the bot calls John and Dora at once
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

    Examples:
      | granted                                                |
      | only Calls.Initiate.All                                |
      | only Calls.JoinGroupCall.All                           |
      | only Calls.JoinGroupCallAsGuest.All                    |
      | only Calls.AccessMedia.All                             |
      | every permission but Calls.InitiateGroupCall.All       |
      | only Calls.Initiate.All and Calls.AccessMedia.All      |
      | only Calls.JoinGroupCall.All and Calls.AccessMedia.All |

  @CC-12 @rings @needs:app-sets
  Scenario Outline: Calling several people at once is granted to an application with <granted>
    Given the bot is granted <granted>
    When the bot calls John and Dora at once
    Then Graph creates the call

    Examples:
      | granted                                             |
      | only Calls.InitiateGroupCall.All                    |
      | every permission but Calls.Initiate.All             |
      | every permission but Calls.JoinGroupCall.All        |
      | every permission but Calls.JoinGroupCallAsGuest.All |
      | every permission but Calls.AccessMedia.All          |
      | every permission                                    |

  @CC-11 @makes-no-call @needs:app-sets
  Scenario: Calling several people with its own media is refused to an application that may not access media
    Given the bot is granted every permission but Calls.AccessMedia.All
    When the bot calls John and Dora at once with media of its own
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

  @CC-11 @rings @needs:app-sets
  Scenario: Calling several people with its own media is granted with every permission
    Given the bot is granted every permission
    When the bot calls John and Dora at once with media of its own
    Then Graph creates the call

  @CC-11 @makes-no-call @needs:app-sets
  Scenario: Joining as a guest with its own media is refused to an application that may not access media
    Given the bot is granted every permission but Calls.AccessMedia.All
    When the bot sends the request of example 6 with media of its own
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

  @CC-11 @joins @needs:app-sets
  Scenario: Joining as a guest with its own media is granted with every permission
    Given the bot is granted every permission
    When the bot sends the request of example 6 with media of its own
    Then Graph creates the call

  @CC-12 @makes-no-call @needs:app-sets
  Scenario: With no permission several people cannot be called at once
    Given the bot is granted no permission
    When the bot calls John and Dora at once
    Then Graph refuses with 403 "7504"
    And no call is created
    And nothing is notified

  # The page has spellings of its own for some permissions (E-04, E-05), which cannot be granted on a tenant.
  @CC-09 @joins @needs:app-sets @assumption
  Scenario: Joining a meeting is granted under the name that the page has for the permission
    Given the bot is granted only Calls.JoinGroupCalls.All
    When the bot sends the request of example 3
    Then Graph creates the call

  @CC-10 @joins @needs:app-sets @assumption
  Scenario Outline: Joining as a guest is granted under a name that the page has for the permission: <name>
    Given the bot is granted only <name>
    When the bot sends the request of example 6
    Then Graph creates the call

    Examples:
      | name                            |
      | Calls.JoinGroupCallsasGuest.All |
      | Calls.JoinGroupCallsAsGuest.All |

  @CC-12 @rings @needs:app-sets @assumption
  Scenario: Calling several people is granted under the name that the page has for the permission
    Given the bot is granted only Calls.InitiateGroupCalls.All
    When the bot calls John and Dora at once
    Then Graph creates the call

  @CC-17 @makes-no-call @needs:unregistered-app
  Scenario Outline: A bot that is not registered for calling is refused, with every permission: example <number>
    Given the bot is not registered for calling
    When the bot sends the request of example <number>
    Then Graph refuses with 403 "7503"
    And no call is created
    And nothing is notified

    Examples:
      | number |
      | 1      |
      | 3      |
      | 6      |

  @CC-17 @rings @needs:unregistered-app
  Scenario: A bot that is registered for calling may call
    When the bot sends the request of example 1
    Then Graph creates the call
